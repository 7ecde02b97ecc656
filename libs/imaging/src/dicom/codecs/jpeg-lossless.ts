import { Decoder } from 'jpeg-lossless-decoder-js';
import { asUnreadable, unreadable } from '../../decode/refuse';
import { readJpegHeader } from '../../raster/jpeg-header';
import type { PixelFormat } from '../pixel-format';
import { checkFrame } from './decode-with';
import { codedFrame, type RawFrame } from './raw-frame';

/** JPEG lossless, process 14: greyscale up to 16 bits, colour with 8 (jpeg-lossless-decoder-js). */
export function decodeJpegLossless(coded: Buffer, format: PixelFormat): RawFrame {
  const header = readJpegHeader(coded);
  checkFrame('JPEG lossless', header, format);
  if (header.process !== 'lossless') throw unreadable('The codestream is not of JPEG lossless.');
  if (format.channels === 3 && header.precision > 8)
    throw unreadable('JPEG lossless colour is read with 8 bits per sample.');
  if (!endsWithEoi(coded)) throw unreadable('The JPEG lossless codestream is cut short.');
  try {
    const bytesPerSample = header.precision > 8 ? 2 : 1;
    const own = new Uint8Array(coded);
    const samples = new Decoder().decode(own.buffer, 0, own.length, bytesPerSample);
    if (samples.length !== format.rows * format.columns * format.channels)
      throw unreadable('The JPEG lossless codestream is cut short.');
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    return codedFrame(bytes, header.precision, format.photometric);
  } catch (error) {
    throw asUnreadable(error, 'The JPEG lossless codestream is damaged or cut short.');
  }
}

/** The decoder reads zeros behind the end of its input and calls it an image, so the end marker has to be there. */
function endsWithEoi(coded: Buffer): boolean {
  let end = coded.length;
  while (end > 2 && coded[end - 1] === 0) end -= 1;
  return coded[end - 2] === 0xff && coded[end - 1] === 0xd9;
}
