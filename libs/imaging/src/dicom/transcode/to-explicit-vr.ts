import type { DecodeLimits } from '../../limits';
import { tooLarge, unreadable } from '../../refuse';
import { readDicomObject } from '../dicom-object';
import { isContent } from '../json/to-dicom-json';
import { openWhole, unsupported } from '../open-dicom';
import { nativeFrameBytes, pixelElementOf, type PixelFormat } from '../pixel-format';
import { TAG } from '../tags';
import { copyElements } from '../write/copy-elements';
import type { ElementOut } from '../write/element';
import { writePart10 } from '../write/write-part10';
import { littleEndianValue } from './little-endian-value';
import { nativeFrame, type NativeFrame } from './native-frames';

const IMPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2';

/**
 * A DICOM file in explicit VR little endian, whatever it was in: compressed pixels are decoded, and the header says so of their
 * colour and layout; all else keeps its value.
 *
 * @throws ServingError `unsupported_transfer_syntax` where its pixels are not read here; `unreadable_image`, `too_large`
 */
export const toExplicitVr = (file: Buffer, limits: DecodeLimits): Promise<Buffer> => decoded(file, limits);

/** The same in implicit VR little endian, which every node takes (PS3.5 10.1). @throws as `toExplicitVr` */
export const toImplicitVr = (file: Buffer, limits: DecodeLimits): Promise<Buffer> =>
  decoded(file, limits, IMPLICIT_VR_LITTLE_ENDIAN);

async function decoded(file: Buffer, limits: DecodeLimits, syntax?: string): Promise<Buffer> {
  const { dataSet, transferSyntax } = openWhole(file, limits);
  const pixels = pixelElementOf(dataSet);
  const isCoded = pixels?.fragments !== undefined;
  if (isCoded && transferSyntax.codec === undefined) throw unsupported(transferSyntax);
  const copied = new Map(
    copyElements(
      dataSet,
      [...dataSet.elements.keys()].filter((tag) => isCopied(tag, isCoded)),
    ),
  );
  if (isCoded) for (const [tag, element] of await decodedPixels(file, limits)) copied.set(tag, element);
  else if (pixels !== undefined && !dataSet.littleEndian) {
    const vr = pixels.vr ?? 'OW';
    copied.set(pixels.tag, { vr, bytes: littleEndianValue(dataSet, pixels, vr) });
  }
  return writePart10(copied, syntax);
}

const isCopied = (tag: number, isCoded: boolean): boolean => isContent(tag) && !(isCoded && tag === TAG.pixelData);

async function decodedPixels(file: Buffer, limits: DecodeLimits): Promise<Map<number, ElementOut>> {
  const object = readDicomObject(file, limits);
  const { format } = object;
  const total = Math.ceil(nativeFrameBytes({ ...format, photometric: 'RGB' }) * format.frames);
  if (total > limits.maxDecodedBytes) {
    throw tooLarge('The decoded pixels would take too much memory.', 'decoded', limits.maxDecodedBytes, 'bytes');
  }
  const bytes = Buffer.alloc(total + (total % 2));
  let first: NativeFrame | undefined;
  for (let index = 0; index < format.frames; index += 1) {
    const frame = await nativeFrame(object, index);
    first ??= frame;
    bytes.set(frame.bytes, index * frame.bytes.length);
  }
  if (first === undefined) throw unreadable('The DICOM object has no pixel data.');
  return describe(bytes, first, format);
}

function describe(bytes: Buffer, { photometric, planar, bitsStored, highBit }: NativeFrame, format: PixelFormat) {
  const vr = format.bitsAllocated > 8 ? 'OW' : 'OB';
  const changed = new Map<number, ElementOut>([[TAG.pixelData, { vr, bytes }]]);
  if (photometric !== format.photometric) changed.set(TAG.photometricInterpretation, { vr: 'CS', value: photometric });
  if (format.channels === 3) changed.set(TAG.planarConfiguration, { vr: 'US', value: planar ? 1 : 0 });
  if (bitsStored !== format.bitsStored) changed.set(TAG.bitsStored, { vr: 'US', value: bitsStored });
  if (highBit !== format.highBit) changed.set(TAG.highBit, { vr: 'US', value: highBit });
  return changed;
}
