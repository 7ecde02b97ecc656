import { elementCount } from '@medserve/clinical';
import type { OnnxWeight } from './write-onnx';

/** Uniform numbers from -1 to 1, the same in every run (xorshift32; G. Marsaglia, Xorshift RNGs, 2003). */
function* uniform(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state / 2 ** 31;
  }
}

/**
 * Weights with which activations keep their size from layer to layer, so that nothing overflows or becomes denormal, which would
 * distort a measurement (K. He et al., Delving Deep into Rectifiers, 2015).
 */
export class RandomWeights {
  readonly all: OnnxWeight[] = [];
  private readonly numbers: Iterator<number, never>;

  /** @param seed not 0 */
  constructor(seed = 20_240_229) {
    this.numbers = uniform(seed);
  }

  /** What was added last. */
  get last(): Float32Array {
    return this.all.at(-1)?.values as Float32Array;
  }

  /** @returns its name */
  add(name: string, shape: readonly number[], fanIn: number): string {
    const limit = Math.sqrt(6 / fanIn);
    const values = new Float32Array(elementCount(shape));
    for (let index = 0; index < values.length; index += 1) values[index] = this.numbers.next().value * limit;
    this.all.push({ name, shape, values });
    return name;
  }

  constant(name: string, shape: readonly number[], values: readonly number[]): string {
    this.all.push({ name, shape, values: Float32Array.from(values) });
    return name;
  }
}
