import type { Samples, SampleType } from '@medserve/clinical';

const MAKERS = {
  uint8: (length: number) => new Uint8Array(length),
  uint16: (length: number) => new Uint16Array(length),
  int16: (length: number) => new Int16Array(length),
  float32: (length: number) => new Float32Array(length),
} as const satisfies Record<SampleType, (length: number) => Samples>;

export function makeSamples(type: SampleType, length: number): Samples {
  return MAKERS[type](length);
}

/** Smallest and largest value that a sample type holds; floats are not bounded. */
export const RANGES: Readonly<Record<SampleType, readonly [number, number]>> = {
  uint8: [0, 255],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  float32: [-Infinity, Infinity],
};

/**
 * The same values in another type: halves round up, what does not fit is clamped, a NaN becomes 0 in an integer type.
 * Returns the input itself where the type is the same.
 */
export function convertSamples(samples: Samples, from: SampleType, to: SampleType): Samples {
  if (from === to) return samples;
  const out = makeSamples(to, samples.length);
  if (to === 'float32') {
    out.set(samples);
    return out;
  }
  const [low, high] = RANGES[to];
  for (let i = 0; i < samples.length; i++) {
    const value = Math.floor((samples[i] as number) + 0.5);
    out[i] = value < low ? low : value > high ? high : value;
  }
  return out;
}
