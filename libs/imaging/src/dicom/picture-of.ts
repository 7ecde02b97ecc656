import type { DecodeLimits } from '../limits';
import { tooLarge } from '../refuse';
import type { SlicePicture } from '../volume/slice-input';
import { decodeFrame, type FrameUse } from './decode-frame';
import type { DicomObject } from './dicom-object';
import { groupsOf } from './functional-groups';
import { readGeometry } from './geometry';
import { decodedFrameBytes } from './pixel-format';

/** One frame, decoded. @throws ServingError `unreadable_image`, `unsupported_transfer_syntax` */
export async function pictureOf(object: DicomObject, index: number, use: FrameUse = {}): Promise<SlicePicture> {
  const { rows, columns } = object.format;
  const frame = await decodeFrame(object, index, use);
  const { pixelSpacing } = readGeometry(groupsOf(object, index));
  return {
    kind: 'picture',
    width: columns,
    height: rows,
    ...frame,
    ...(pixelSpacing === undefined ? {} : { spacingMm: pixelSpacing }),
  };
}

/** @throws ServingError `too_large` where so many frames would take more than is allowed once decoded */
export function checkBytes({ format }: DicomObject, frames: number, limits: DecodeLimits): void {
  if (frames * decodedFrameBytes(format) > limits.maxDecodedBytes) {
    throw tooLarge('The decoded pixels would take too much memory.', 'decoded', limits.maxDecodedBytes, 'bytes');
  }
}
