import type { Recipe } from './recipe';

const GIB = 2 ** 30;
/** For activations, the server itself and its graphs: what vLLM leaves free by default (`gpu_memory_utilization` 0.9). */
const USABLE = 0.9;

export interface GpuMemory {
  /** GiB. */
  readonly weights: number;
  /** GiB, of one answer at the end of its context; absent where it is not known what a token takes. */
  readonly cache: number | undefined;
  /** GiB of a device that holds the weights and one whole context. */
  readonly least: number;
  /** GiB of a device that holds the weights and a whole context for each slot; paged caches share less. */
  readonly most: number;
}

/** What a system takes on a GPU: computed of its parameters and of its budget, not measured. */
export function gpuMemoryOf({ memory, budget }: Pick<Recipe, 'memory' | 'budget'>): GpuMemory {
  const weights = (memory.parametersBillions * 1e9 * memory.bytesPerParameter) / GIB;
  const perToken = memory.kvKiBPerToken;
  const cache = perToken === undefined || !budget ? undefined : (perToken * 1_024 * budget.contextTokens) / GIB;
  const withCaches = (slots: number) => (weights + (cache ?? 0) * slots) / USABLE;
  return { weights, cache, least: withCaches(1), most: withCaches(budget?.slots ?? 1) };
}
