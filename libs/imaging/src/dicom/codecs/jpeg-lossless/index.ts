import { unreadable } from '../../../refuse';
import { readJpegHeader } from '../../../raster/jpeg-header';
import { unsupported } from '../../open-dicom';
import type { PixelFormat } from '../../pixel-format';
import type { TransferSyntax } from '../../transfer-syntaxes';
import { checkFrame } from '../decode-with';
import { wordsFrame, type RawFrame } from '../raw-frame';
import { decodeScans } from './decode-scans';

/** The only sampling that is read of several components: 1 x 1. */
const WHOLE = 0x11;

/** JPEG lossless, process 14 (ITU-T T.81, annex H, with Huffman codes), by our own decoder: grey and colour of 2 to 16 bits. */
export function decodeJpegLossless(coded: Buffer, format: PixelFormat, transferSyntax: TransferSyntax): RawFrame {
  const header = readJpegHeader(coded);
  checkFrame('JPEG lossless', header, format);
  if (header.process !== 'lossless') throw unreadable('The codestream is not of JPEG lossless.');
  if (header.precision < 2) throw unreadable('The JPEG lossless codestream has 1 bit per sample.');
  if (header.components > 1 && header.samplingFactors.some((factor) => factor !== WHOLE))
    throw unsupported(transferSyntax, 'is read with one sample of each component per pixel, not with subsampled ones');
  return wordsFrame(decodeScans(coded, header), header.precision, format);
}
