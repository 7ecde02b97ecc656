import { unreadable } from '../../refuse';
import { readJpegHeader, type JpegHeader } from '../../raster/jpeg-header';
import { unsupported } from '../open-dicom';
import type { PixelFormat } from '../pixel-format';
import type { TransferSyntax } from '../transfer-syntaxes';
import { checkFrame, decodeWith } from './decode-with';
import { decodeJpegExtended } from './jpeg-extended';
import { codedFrame, type RawFrame } from './raw-frame';
import { WasmCodec, type WasmDecoder, type WasmFactory, type WasmModule } from './wasm-module';

interface TurboModule extends WasmModule {
  readonly JPEGDecoder: new () => WasmDecoder;
}

const TURBO = new WasmCodec<TurboModule>(
  // oxlint-disable-next-line typescript/no-require-imports -- loaded on first use; the module has no types
  () => require('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs') as WasmFactory<TurboModule>,
);

/** JPEG baseline and extended: 8 bits by libjpeg-turbo, up to 12 in grey by our own decoder. Colour comes out as RGB whatever the codestream held. */
export async function decodeJpeg(
  coded: Buffer,
  format: PixelFormat,
  transferSyntax: TransferSyntax,
): Promise<RawFrame> {
  const header = readJpegHeader(coded);
  checkFrame('JPEG', header, format);
  if (header.process !== 'sequential' && header.process !== 'progressive') {
    throw unreadable(`The codestream is not of the transfer syntax ${transferSyntax.name}.`);
  }
  if (header.precision !== 8) return wideFrame(coded, header, format, transferSyntax);
  const isColour = format.channels === 3;
  const stream = isColour ? withColourTransform(coded, isYcbcr(header, format)) : coded;
  const { bytes } = await decodeWith(TURBO, 'JPEG', (module) => new module.JPEGDecoder(), stream, format);
  return codedFrame(bytes, 8, isColour ? 'RGB' : format.photometric);
}

function wideFrame(
  coded: Buffer,
  header: JpegHeader,
  { channels, photometric }: PixelFormat,
  transferSyntax: TransferSyntax,
): RawFrame {
  const { process, precision } = header;
  if (process !== 'sequential' || channels !== 1 || precision > 12)
    throw unsupported(
      transferSyntax,
      `is read with 8 bits per sample, and with up to 12 in sequential greyscale, not with ${String(precision)}`,
    );
  return { ...codedFrame(decodeJpegExtended(coded, header), precision, photometric), bitsAllocated: 16 };
}

/**
 * Whether three components are YCbCr: by Adobe's marker, by JFIF, by component ids that spell RGB, else by what the DICOM
 * header says (the order of libjpeg, whose last resort is a guess).
 */
function isYcbcr({ adobeTransform, jfif, componentIds }: JpegHeader, { photometric }: PixelFormat): boolean {
  if (adobeTransform !== undefined) return adobeTransform !== 0;
  if (jfif) return true;
  if (String.fromCharCode(...componentIds) === 'RGB') return false;
  return photometric !== 'RGB';
}

/** The codestream with one Adobe marker that says what the components are, in place of those it came with. */
function withColourTransform(coded: Buffer, ycbcr: boolean): Buffer {
  const kept: Buffer[] = [];
  let at = 2;
  while (coded[at] === 0xff && coded[at + 1] !== 0xda) {
    const marker = coded[at + 1];
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (at + 4 > coded.length) break;
    const end = at + 2 + coded.readUInt16BE(at + 2);
    if (marker !== 0xe0 && marker !== 0xee) kept.push(coded.subarray(at, end));
    at = end;
  }
  const adobe = Buffer.from([0xff, 0xee, 0, 14, ...Buffer.from('Adobe', 'latin1'), 0, 100, 0, 0, 0, 0, ycbcr ? 1 : 0]);
  return Buffer.concat([coded.subarray(0, 2), adobe, ...kept, coded.subarray(at)]);
}
