import type { Samples, SampleType } from '@medserve/clinical';
import type { RawFrame } from './codecs/raw-frame';

export interface StoredSamples {
  readonly samples: Samples;
  readonly sampleType: SampleType;
}

/**
 * Stored words as typed samples, still in the frame's layout: up to 8 unsigned bits as uint8, up to 16 as uint16 or int16,
 * wider and floating ones as float32 (exact to 24 bits). Bits outside of the stored ones (old overlays) are dropped.
 *
 * @param count samples of the frame; `raw.bytes` was checked to hold them
 */
export function unpackSamples(
  raw: RawFrame,
  count: number,
  { signed, float }: { signed: boolean; float: boolean },
): StoredSamples {
  const { bitsAllocated } = raw;
  if (float) return floats(raw, count);
  if (bitsAllocated === 1) return { samples: bits(raw, count), sampleType: 'uint8' };
  if (bitsAllocated === 8)
    return signed ? signedBytes(raw, count) : { samples: bytes(raw, count), sampleType: 'uint8' };
  if (bitsAllocated === 16) return words(raw, count, signed);
  return longs(raw, count, signed);
}

function bits({ bytes: packed, bit }: RawFrame, count: number): Uint8Array {
  const out = new Uint8Array(count);
  for (let index = 0, at = bit; index < count; index += 1, at += 1)
    out[index] = ((packed[at >> 3] ?? 0) >> (at & 7)) & 1;
  return out;
}

function bytes({ bytes: stored, bitsStored, highBit }: RawFrame, count: number): Uint8Array {
  const out = new Uint8Array(count);
  out.set(stored.subarray(0, count));
  if (bitsStored === 8) return out;
  const shift = highBit + 1 - bitsStored;
  const mask = 2 ** bitsStored - 1;
  for (let index = 0; index < count; index += 1) out[index] = ((out[index] ?? 0) >> shift) & mask;
  return out;
}

function signedBytes({ bytes: stored, bitsStored, highBit }: RawFrame, count: number): StoredSamples {
  const out = new Int16Array(count);
  for (let index = 0; index < count; index += 1)
    out[index] = ((stored[index] ?? 0) << (31 - highBit)) >> (32 - bitsStored);
  return { samples: out, sampleType: 'int16' };
}

function words({ bytes: stored, bitsStored, highBit }: RawFrame, count: number, signed: boolean): StoredSamples {
  const out = signed ? new Int16Array(count) : new Uint16Array(count);
  new Uint8Array(out.buffer).set(stored.subarray(0, 2 * count));
  if (bitsStored === 16) return { samples: out, sampleType: signed ? 'int16' : 'uint16' };
  const [left, right] = [31 - highBit, 32 - bitsStored];
  // Up to the sign bit and back: `>>` brings copies of the sign down, `>>>` zeros.
  if (signed) for (let index = 0; index < count; index += 1) out[index] = ((out[index] ?? 0) << left) >> right;
  else for (let index = 0; index < count; index += 1) out[index] = ((out[index] ?? 0) << left) >>> right;
  return { samples: out, sampleType: signed ? 'int16' : 'uint16' };
}

function longs({ bytes: stored, bitsStored, highBit }: RawFrame, count: number, signed: boolean): StoredSamples {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  const out = new Float32Array(count);
  const [left, right] = [31 - highBit, 32 - bitsStored];
  for (let index = 0; index < count; index += 1) {
    const word = view.getUint32(4 * index, true) << left;
    out[index] = signed ? word >> right : word >>> right;
  }
  return { samples: out, sampleType: 'float32' };
}

function floats({ bytes: stored, bitsAllocated }: RawFrame, count: number): StoredSamples {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  const out = new Float32Array(count);
  for (let index = 0; index < count; index += 1) {
    out[index] = bitsAllocated === 32 ? view.getFloat32(4 * index, true) : view.getFloat64(8 * index, true);
  }
  return { samples: out, sampleType: 'float32' };
}
