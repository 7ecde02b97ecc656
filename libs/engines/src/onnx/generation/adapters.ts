import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor as OrtTensor } from 'onnxruntime-node';
import { broken } from '../../broken';
import type { GenerationRules } from '../../generation/generator';
import type { Ort } from '../load-ort';
import type { LoraModule } from './decoder-shape';
import { readSafetensors, type Matrix } from './safetensors';

/** Matrices of one adapter: of each of the decoder's modules, [width, rank] and [rank, out], padded to the common rank. */
export interface Adapter {
  readonly name: string;
  readonly a: readonly Float32Array[];
  readonly b: readonly Float32Array[];
}

const MAX_ADAPTER_BYTES = 1 << 30;

type Tensors = Record<string, OrtTensor>;

/** The adapters of a model, and what of them a run of mixed rows takes. */
export class Adapters {
  private constructor(
    private readonly ort: Ort,
    private readonly modules: readonly LoraModule[],
    private readonly rank: number,
    private readonly byName: ReadonlyMap<string, Adapter>,
  ) {}

  /** @throws ServingError `model_broken` naming the file that does not fit the decoder */
  static async load(
    ort: Ort,
    folder: string,
    rules: GenerationRules,
    modules: readonly LoraModule[],
  ): Promise<Adapters> {
    const files = new Map<string, ReadonlyMap<string, Matrix>>();
    for (const { name, file } of rules.adapters) {
      const bytes = await readFile(join(folder, file)).catch((error: unknown) => {
        throw broken(`The file ${file} cannot be read.`, error);
      });
      if (bytes.byteLength > MAX_ADAPTER_BYTES) throw broken(`${file} is larger than 1 GiB.`);
      const tensors = readSafetensors(file, bytes);
      checkFits(file, tensors, modules);
      files.set(name, tensors);
    }
    const ranks = [...files.values()].flatMap((tensors) =>
      [...tensors].map(([name, { shape }]) => shape[name.endsWith('.a') ? 1 : 0] ?? 0),
    );
    const rank = Math.max(0, ...ranks);
    const adapters = [...files].map(([name, tensors]) => [name, padded(name, tensors, modules, rank)] as const);
    return new Adapters(ort, modules, rank, new Map(adapters));
  }

  get(name: string): Adapter | undefined {
    return this.byName.get(name);
  }

  /**
   * The decoder's LoRA inputs for rows of these adapters, `undefined` standing for the model itself. Where no row has one the rank
   * is 0, and the products cost nothing.
   */
  tensorsFor(rows: readonly (Adapter | undefined)[]): Tensors {
    const rank = rows.some((row) => row !== undefined) ? this.rank : 0;
    const tensors: Tensors = {};
    for (const [index, { name, width, out }] of this.modules.entries()) {
      const gather = (side: 'a' | 'b', size: number): Float32Array => {
        const all = new Float32Array(rows.length * size);
        if (rank === 0) return all;
        for (const [row, adapter] of rows.entries()) {
          const values = adapter?.[side][index];
          if (values) all.set(values, row * size);
        }
        return all;
      };
      const [a, b] = [gather('a', width * rank), gather('b', rank * out)];
      tensors[`lora.${name}.a`] = new this.ort.Tensor('float32', a, [rows.length, width, rank]);
      tensors[`lora.${name}.b`] = new this.ort.Tensor('float32', b, [rows.length, rank, out]);
    }
    return tensors;
  }
}

function checkFits(file: string, tensors: ReadonlyMap<string, Matrix>, modules: readonly LoraModule[]): void {
  for (const [name, { shape }] of tensors) {
    const module = modules.find((each) => name === `lora.${each.name}.a` || name === `lora.${each.name}.b`);
    const partner = tensors.get(name.replace(/[ab]$/, (side) => (side === 'a' ? 'b' : 'a')));
    const isA = name.endsWith('.a');
    const [fixed, rank] = isA ? [shape[0], shape[1]] : [shape[1], shape[0]];
    const partnerRank = isA ? partner?.shape[0] : partner?.shape[1];
    if (!module || shape.length !== 2 || fixed !== (isA ? module.width : module.out) || rank !== partnerRank) {
      throw broken(`The tensor "${name}" of ${file} fits no input of the decoder.`);
    }
  }
}

/** More rank in zeros changes no product, and rows of one run need the same. */
function padded(
  name: string,
  tensors: ReadonlyMap<string, Matrix>,
  modules: readonly LoraModule[],
  rank: number,
): Adapter {
  const a = modules.map(({ name: module, width }) => {
    const matrix = tensors.get(`lora.${module}.a`);
    const whole = new Float32Array(width * rank);
    const own = matrix?.shape[1] ?? 0;
    for (let row = 0; matrix && row < width; row += 1) {
      whole.set(matrix.values.subarray(row * own, (row + 1) * own), row * rank);
    }
    return whole;
  });
  const b = modules.map(({ name: module, out }) => {
    const whole = new Float32Array(rank * out);
    whole.set(tensors.get(`lora.${module}.b`)?.values ?? []);
    return whole;
  });
  return { name, a, b };
}
