import { ServingError } from '@medserve/errors';
import type { DataSet, Element } from '../data-set';
import { encapsulatedFrame } from '../frame-bytes';
import type { PixelFormat } from '../pixel-format';
import type { TransferSyntax } from '../transfer-syntaxes';
import { decodeJpeg } from './jpeg';
import { decodeJpeg2000 } from './jpeg-2000';
import { decodeJpegLossless } from './jpeg-lossless';
import { decodeJpegLs } from './jpeg-ls';
import type { RawFrame } from './raw-frame';
import { decodeRle } from './rle';

/** One frame of compressed pixel data as stored words. */
export async function codedFrameOf(
  dataSet: DataSet,
  pixels: Element,
  format: PixelFormat,
  transferSyntax: TransferSyntax,
  index: number,
): Promise<RawFrame> {
  const coded = encapsulatedFrame(dataSet, pixels, format, index);
  switch (transferSyntax.codec) {
    case 'rle':
      return decodeRle(coded, format);
    case 'jpeg':
      return decodeJpeg(coded, format, transferSyntax);
    case 'jpeg-lossless':
      return decodeJpegLossless(coded, format, transferSyntax);
    case 'jpeg-ls':
      return decodeJpegLs(coded, format);
    case 'jpeg-2000':
    case 'htj2k':
      return decodeJpeg2000(coded, format, transferSyntax.codec);
    case 'native':
    case undefined:
      throw new ServingError('internal', `${transferSyntax.name} has no codec.`);
  }
}
