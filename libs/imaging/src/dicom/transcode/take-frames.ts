import { ServingError } from '@medserve/errors';
import type { DecodeLimits } from '../../limits';
import { readDicomObject } from '../dicom-object';
import { encapsulatedFrame } from '../frame-bytes';
import { nativeFrameBytes } from '../pixel-format';
import { nativeFrame } from './native-frames';

/**
 * Frames of an image, counted from 1: decoded, in little endian; or, of compressed pixel data, the codestreams as they are stored.
 *
 * @param frames `all` of them, too
 * @throws ServingError `not_found` for a frame that is not there; `unreadable_image`, `unsupported_transfer_syntax`, `too_large`
 */
export async function takeFrames(
  file: Buffer,
  frames: readonly number[] | 'all',
  asStored: boolean,
  limits: DecodeLimits,
): Promise<Uint8Array[]> {
  const object = readDicomObject(file, limits);
  const { format, dataSet, pixels, transferSyntax } = object;
  const wanted = frames === 'all' ? Array.from({ length: format.frames }, (_, index) => index + 1) : frames;
  if (wanted.some((frame) => frame > format.frames)) {
    throw new ServingError('not_found', `The instance has ${String(format.frames)} frames.`, { field: 'frames' });
  }
  if (wanted.length * nativeFrameBytes(format) > limits.maxDecodedBytes) {
    throw new ServingError('too_large', 'The frames are too many for one request.', {
      limit: `decoded: ${String(limits.maxDecodedBytes)} bytes`,
    });
  }
  const isCoded = transferSyntax.codec !== 'native';
  const taken: Uint8Array[] = [];
  for (const frame of wanted) {
    if (asStored && isCoded) taken.push(encapsulatedFrame(dataSet, pixels, format, frame - 1));
    else taken.push((await nativeFrame(object, frame - 1)).bytes);
  }
  return taken;
}
