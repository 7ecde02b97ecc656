import { ServingError } from '@medserve/errors';
import type { DecodeLimits } from '../../limits';
import { elementAt, parsePath } from '../json/element-path';
import { hasSignedPixels, vrOfElement } from '../json/element-vr';
import { openWhole } from '../open-dicom';
import { TAG } from '../tags';
import { littleEndianValue } from '../transcode/little-endian-value';
import { takeFrames } from '../transcode/take-frames';

/**
 * The value of one element, in little endian; of compressed pixel data, all frames decoded.
 *
 * @param path as in the metadata: `7FE00010`, `00400555/2/00281201`
 * @throws ServingError `not_found` where there is no value; `unreadable_image`, `unsupported_transfer_syntax`, `too_large`
 */
export async function takeBulk(file: Buffer, path: string, limits: DecodeLimits): Promise<Uint8Array> {
  const { dataSet } = openWhole(file, limits);
  const parsed = parsePath(path);
  const found = parsed && elementAt(dataSet, parsed);
  if (found === undefined || found.element.items !== undefined || found.element.length === 0) {
    throw new ServingError('not_found', 'The instance has no such value.');
  }
  const { holder, element } = found;
  if (element.fragments !== undefined) {
    if (holder === dataSet && element.tag === TAG.pixelData)
      return Buffer.concat(await takeFrames(file, 'all', false, limits));
    return Buffer.concat(element.fragments.map((fragment) => holder.value(fragment)));
  }
  return littleEndianValue(holder, element, vrOfElement(element, hasSignedPixels(dataSet)));
}
