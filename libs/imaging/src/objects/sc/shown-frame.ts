import type { Picture } from '@medserve/clinical';
import { DECODE_LIMITS } from '../../limits';
import { decodeFrame } from '../../dicom/decode-frame';
import { readDicomObject } from '../../dicom/dicom-object';
import { window } from '../../recipe/steps/window';
import { frameIndex, type SourceFrame } from '../common/source-image';

/** Eight bits a channel, as a display would show them. */
export interface ShownFrame {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly samples: Uint8Array;
}

const SHOWN = window.parameters.parse({ using: 'header-or-percentiles' });
const UNMOVED = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };

/**
 * A frame by its header's window, else by the percentiles of its values. Reads the file: nothing else of it is kept.
 *
 * @throws ServingError `unreadable_image`, `unsupported_transfer_syntax`, `too_large`
 */
export async function shownFrame(frame: SourceFrame): Promise<ShownFrame> {
  const object = readDicomObject(await frame.image.instance.read(), DECODE_LIMITS);
  const { rows, columns } = object.format;
  const picture: Picture = {
    kind: 'picture',
    width: columns,
    height: rows,
    ...(await decodeFrame(object, frameIndex(frame))),
  };
  const { image } = window.apply({ image: picture, placement: UNMOVED }, SHOWN);
  const { width, height, channels, samples } = image as Picture;
  return { width, height, channels, samples: samples as Uint8Array };
}
