import type { PixelFormat } from '../pixel-format';
import { checkFrame, decodeWith } from './decode-with';
import { announcedUnsigned, codestreamOf, readJpeg2000Header } from './jpeg-2000-header';
import { codedFrame, type RawFrame } from './raw-frame';
import { WasmCodec, type WasmDecoder, type WasmFactory, type WasmModule } from './wasm-module';

interface OpenJpegModule extends WasmModule {
  readonly J2KDecoder: new () => WasmDecoder;
}
interface OpenJphModule extends WasmModule {
  readonly HTJ2KDecoder: new () => WasmDecoder;
}

const OPENJPEG = new WasmCodec<OpenJpegModule>(
  // oxlint-disable-next-line typescript/no-require-imports -- loaded on first use; the module has no types
  () => require('@cornerstonejs/codec-openjpeg/decodewasmjs') as WasmFactory<OpenJpegModule>,
);
const OPENJPH = new WasmCodec<OpenJphModule>(
  // oxlint-disable-next-line typescript/no-require-imports -- loaded on first use; the module has no types
  () => require('@cornerstonejs/codec-openjph/wasmjs') as WasmFactory<OpenJphModule>,
);

/** JPEG 2000 (OpenJPEG) and High-Throughput JPEG 2000 (OpenJPH). */
export async function decodeJpeg2000(
  coded: Buffer,
  format: PixelFormat,
  kind: 'jpeg-2000' | 'htj2k',
): Promise<RawFrame> {
  const stream = codestreamOf(coded);
  const header = readJpeg2000Header(stream);
  checkFrame('JPEG 2000', header, format);
  // Of signed samples of one byte both decoders make 0 of what is negative, though not in every image.
  const isClamped = header.signed && header.precision <= 8;
  const decoded = isClamped ? announcedUnsigned(stream, header) : stream;
  const { bytes } =
    kind === 'htj2k'
      ? await decodeWith(OPENJPH, 'HTJ2K', (module) => new module.HTJ2KDecoder(), decoded, format)
      : await decodeWith(OPENJPEG, 'JPEG 2000', (module) => new module.J2KDecoder(), decoded, format);
  if (isClamped) takeOffset(bytes, header.precision);
  const isRgb =
    format.channels === 3 &&
    (header.componentTransform || format.photometric.startsWith('YBR_R') || format.photometric === 'YBR_ICT');
  return codedFrame(bytes, header.precision, isRgb ? 'RGB' : format.photometric);
}

/** Takes half of the range off samples of one byte, in place: as two's complement of the precision that is their highest bit turned. */
function takeOffset(samples: Uint8Array, precision: number): void {
  const half = 1 << (precision - 1);
  for (let index = 0; index < samples.length; index += 1) samples[index] = (samples[index] as number) ^ half;
}
