import { unreadable } from '../../refuse';
import type { RawFrame } from '../codecs/raw-frame';
import { rawFrame } from '../decode-frame';
import type { DicomObject } from '../dicom-object';
import { nativeFrameBytes, type Photometric } from '../pixel-format';
import { unpackSamples } from '../unpack-samples';

/** One frame as native pixel data of explicit VR little endian have it (PS3.5 8.1.1), and what its header says of it then. */
export interface NativeFrame {
  readonly bytes: Uint8Array;
  readonly photometric: Photometric;
  readonly planar: boolean;
  /** A codestream may have another number of bits than the header says. */
  readonly bitsStored: number;
  readonly highBit: number;
}

/**
 * Takes one frame out of pixel data of any transfer syntax that is read here. A codec that undoes a colour transformation leaves
 * RGB. Frames of one bit begin with a byte of their own.
 *
 * @throws ServingError `unreadable_image`, `unsupported_transfer_syntax`
 */
export async function nativeFrame(object: DicomObject, index: number): Promise<NativeFrame> {
  const raw = await rawFrame(object, index);
  const { format, transferSyntax } = object;
  const { photometric, planar } = raw;
  if (transferSyntax.codec === 'native') {
    const { bitsStored, highBit } = format;
    return { bytes: alignedBits(raw, format.rows * format.columns), photometric, planar, bitsStored, highBit };
  }
  const bytes = widened(raw, object);
  const wanted = nativeFrameBytes({ ...format, photometric });
  if (bytes.length < wanted) throw unreadable('A frame holds fewer samples than it has pixels.');
  const { bitsStored } = raw;
  const highBit = raw.bitsAllocated === format.bitsAllocated ? raw.highBit : bitsStored - 1;
  return { bytes: bytes.subarray(0, wanted), photometric, planar, bitsStored, highBit };
}

/** A codestream may have narrower words than the header allocates. */
function widened(raw: RawFrame, { format }: DicomObject): Uint8Array {
  const width = format.bitsAllocated / 8;
  const own = raw.bitsAllocated / 8;
  if (own === width) return raw.bytes;
  const count = format.rows * format.columns * format.channels;
  const { samples } = unpackSamples(raw, count, { signed: format.signed, float: false });
  const out = Buffer.alloc(count * width);
  for (let index = 0; index < count; index += 1) {
    const value = samples[index] ?? 0;
    if (width === 1) out[index] = value & 0xff;
    else if (width === 2) out.writeUInt16LE(value & 0xffff, 2 * index);
    else out.writeUInt32LE(value >>> 0, 4 * index);
  }
  return out;
}

/** Frames of one bit follow each other without a gap and may begin inside of a byte (PS3.5 8.1.1). */
function alignedBits({ bytes, bit, bitsAllocated }: RawFrame, count: number): Uint8Array {
  if (bitsAllocated !== 1) return bytes;
  const length = Math.ceil(count / 8);
  const out = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) out[at] = (((bytes[at + 1] ?? 0) << 8) | (bytes[at] ?? 0)) >> bit;
  const unused = 8 * length - count;
  if (unused > 0) out[length - 1] = (out[length - 1] ?? 0) & (0xff >> unused);
  return out;
}
