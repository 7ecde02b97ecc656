import type { Picture, Samples } from '@medserve/clinical';
import { makeSamples } from '../samples';

/** For each output index the first input index and the weights of the inputs from there on; each row adds up to 1. */
interface Taps {
  readonly first: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Float64Array;
  readonly most: number;
}

/**
 * Shrinking averages the area that an output pixel covers, so that fine texture cannot alias; growing interpolates linearly
 * between pixel centres, the edges held. The Python recipes of the reference packages compute the same numbers.
 */
function taps(from: number, to: number): Taps {
  const ratio = from / to;
  const most = ratio > 1 ? Math.ceil(ratio) + 1 : 2;
  const first = new Int32Array(to);
  const counts = new Int32Array(to);
  const weights = new Float64Array(to * most);
  for (let i = 0; i < to; i++) {
    if (ratio > 1) {
      const start = i * ratio;
      const end = Math.min(start + ratio, from);
      const low = Math.floor(start);
      const high = Math.min(Math.ceil(end), from);
      first[i] = low;
      counts[i] = high - low;
      for (let j = low; j < high; j++)
        weights[i * most + j - low] = Math.max(0, Math.min(j + 1, end) - Math.max(j, start)) / (end - start);
    } else {
      const centre = Math.min(Math.max((i + 0.5) * ratio - 0.5, 0), from - 1);
      const low = Math.floor(centre);
      const share = centre - low;
      first[i] = low;
      counts[i] = share > 0 ? 2 : 1;
      weights[i * most] = 1 - share;
      weights[i * most + 1] = share;
    }
  }
  return { first, counts, weights, most };
}

/**
 * `rows` x `width` x `channels` to `rows` x `to` x `channels`. Each row goes through one buffer of one type, so that the inner
 * loop is compiled once for all sample types: several times faster than reading the typed arrays in turn.
 */
function alongRows(samples: Samples, rows: number, width: number, channels: number, to: number): Float32Array {
  const { first, counts, weights, most } = taps(width, to);
  const out = new Float32Array(rows * to * channels);
  const line = new Float32Array(width * channels);
  for (let row = 0; row < rows; row++) {
    line.set(samples.subarray(row * width * channels, (row + 1) * width * channels));
    const target = row * to * channels;
    for (let channel = 0; channel < channels; channel++) {
      for (let x = 0; x < to; x++) {
        const count = counts[x] as number;
        const begin = x * most;
        let at = (first[x] as number) * channels + channel;
        let sum = 0;
        for (let k = begin; k < begin + count; k++, at += channels)
          sum += (line[at] as number) * (weights[k] as number);
        out[target + x * channels + channel] = sum;
      }
    }
  }
  return out;
}

/** `height` rows of `stride` samples to `to` rows, each a weighted sum of whole rows. */
function alongColumns(samples: Float32Array, height: number, stride: number, to: number): Float32Array {
  const { first, counts, weights, most } = taps(height, to);
  const out = new Float32Array(to * stride);
  for (let y = 0; y < to; y++) {
    const target = y * stride;
    for (let k = 0; k < (counts[y] as number); k++) {
      const weight = weights[y * most + k] as number;
      const source = ((first[y] as number) + k) * stride;
      for (let x = 0; x < stride; x++)
        out[target + x] = (out[target + x] as number) + weight * (samples[source + x] as number);
    }
  }
  return out;
}

/** The picture's samples at `width` x `height`, of the same sample type; integer types are rounded. */
export function resample(picture: Picture, width: number, height: number): Samples {
  if (picture.width === width && picture.height === height) return picture.samples;
  const narrow = alongRows(picture.samples, picture.height, picture.width, picture.channels, width);
  const small = alongColumns(narrow, picture.height, width * picture.channels, height);
  if (picture.sampleType === 'float32') return small;
  const out = makeSamples(picture.sampleType, small.length);
  for (let i = 0; i < small.length; i++) out[i] = Math.floor((small[i] as number) + 0.5);
  return out;
}
