import type { BatchShare } from '@medserve/rpc';
import type { Duration, ModelStatistics } from './ports';

/** A sum of times and how many there were. */
class Sum {
  private count = 0;
  private totalMs = 0;

  add(ms: number): void {
    this.count += 1;
    this.totalMs += ms;
  }

  /** Whole nanoseconds: the protocol counts in 64-bit integers. */
  read(): Duration {
    return { count: this.count, ns: Math.round(this.totalMs * 1e6) };
  }
}

/** What one request spent its time on, in milliseconds. */
export interface RequestTimes {
  readonly elapsedMs: number;
  readonly queueMs: number;
  readonly inputMs: number;
  readonly inferMs: number;
  readonly outputMs: number;
}

/**
 * The figures of one version of a model, by the rules of the statistics extension (Triton, `extension_statistics.md`): requests
 * are counted in `success` and its parts, rows in `inferenceCount`, runs in `executionCount` and, by their rows, in `batches`.
 * A run of several requests is counted by the one that stands for it.
 */
export class ModelFigures {
  private lastInferenceMs = 0;
  private inferenceCount = 0;
  private executionCount = 0;
  private readonly success = new Sum();
  private readonly fail = new Sum();
  private readonly queue = new Sum();
  private readonly cacheHit = new Sum();
  private readonly cacheMiss = new Sum();
  private readonly compute = computeSums();
  private readonly batches = new Map<number, ReturnType<typeof computeSums>>();

  answered(times: RequestTimes, batch: BatchShare, nowMs: number): void {
    this.lastInferenceMs = nowMs;
    this.inferenceCount += batch.rows;
    this.success.add(times.elapsedMs);
    this.queue.add(times.queueMs);
    addCompute(this.compute, times);
    if (!batch.leads) return;
    this.executionCount += 1;
    let sums = this.batches.get(batch.batchRows);
    if (sums === undefined) this.batches.set(batch.batchRows, (sums = computeSums()));
    addCompute(sums, times);
  }

  /** A kept answer: the request counts, and nothing ran. */
  answeredFromCache(elapsedMs: number, nowMs: number): void {
    this.lastInferenceMs = nowMs;
    this.success.add(elapsedMs);
  }

  /** @param elapsedMs that looking took */
  looked(outcome: 'hit' | 'miss', elapsedMs: number): void {
    (outcome === 'hit' ? this.cacheHit : this.cacheMiss).add(elapsedMs);
  }

  failed(elapsedMs: number): void {
    this.fail.add(elapsedMs);
  }

  snapshot(): Omit<ModelStatistics, 'name' | 'version' | 'memoryBytes'> {
    return {
      lastInferenceMs: this.lastInferenceMs,
      inferenceCount: this.inferenceCount,
      executionCount: this.executionCount,
      success: this.success.read(),
      fail: this.fail.read(),
      queue: this.queue.read(),
      ...readCompute(this.compute),
      cacheHit: this.cacheHit.read(),
      cacheMiss: this.cacheMiss.read(),
      batches: [...this.batches].sort(([a], [b]) => a - b).map(([rows, sums]) => ({ rows, ...readCompute(sums) })),
    };
  }
}

const computeSums = () => ({ input: new Sum(), infer: new Sum(), output: new Sum() });

function addCompute(sums: ReturnType<typeof computeSums>, times: RequestTimes): void {
  sums.input.add(times.inputMs);
  sums.infer.add(times.inferMs);
  sums.output.add(times.outputMs);
}

const readCompute = ({ input, infer, output }: ReturnType<typeof computeSums>) => ({
  computeInput: input.read(),
  computeInfer: infer.read(),
  computeOutput: output.read(),
});
