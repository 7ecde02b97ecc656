import type { Samples } from '@medserve/clinical';

const sameKind = <T extends Samples>(samples: T, length: number): T =>
  new (samples.constructor as new (length: number) => T)(length);

/** Colour by plane (RRR GGG BBB) as colour by pixel (RGB RGB RGB). */
export function interleave<T extends Samples>(planar: T): T {
  const pixels = planar.length / 3;
  const out = sameKind(planar, planar.length);
  for (let channel = 0; channel < 3; channel += 1) {
    const plane = channel * pixels;
    for (let index = 0, to = channel; index < pixels; index += 1, to += 3) out[to] = planar[plane + index] ?? 0;
  }
  return out;
}

/** YBR_FULL_422 (Y1 Y2 Cb Cr for two neighbours) as YBR_FULL: both neighbours take the one chroma (PS3.3 C.7.6.3.1.2). */
export function spreadChroma<T extends Samples>(halved: T): T {
  const pairs = halved.length / 4;
  const out = sameKind(halved, 6 * pairs);
  for (let pair = 0; pair < pairs; pair += 1) {
    const [from, to] = [4 * pair, 6 * pair];
    out[to] = halved[from] ?? 0;
    out[to + 3] = halved[from + 1] ?? 0;
    out[to + 1] = out[to + 4] = halved[from + 2] ?? 0;
    out[to + 2] = out[to + 5] = halved[from + 3] ?? 0;
  }
  return out;
}

/** YBR_FULL as RGB, in place: the inverse of the equations of PS3.3 C.7.6.3.1.2, full range. */
export function ycbcrToRgb(samples: Samples, bits: number): void {
  const half = 2 ** (bits - 1);
  const top = 2 ** bits - 1;
  const clamp = (value: number): number => Math.max(0, Math.min(top, Math.round(value)));
  for (let at = 0; at + 2 < samples.length; at += 3) {
    const [y, cb, cr] = [samples[at] ?? 0, (samples[at + 1] ?? 0) - half, (samples[at + 2] ?? 0) - half];
    samples[at] = clamp(y + 1.402 * cr);
    samples[at + 1] = clamp(y - 0.344136 * cb - 0.714136 * cr);
    samples[at + 2] = clamp(y + 1.772 * cb);
  }
}
