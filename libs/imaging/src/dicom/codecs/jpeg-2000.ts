import type { PixelFormat } from '../pixel-format';
import { checkFrame, decodeWith } from './decode-with';
import { codestreamOf, readJpeg2000Header } from './jpeg-2000-header';
import { codedFrame, type RawFrame } from './raw-frame';
import { WasmCodec, type WasmDecoder, type WasmFactory, type WasmModule } from './wasm-module';

interface OpenJpegModule extends WasmModule {
  readonly J2KDecoder: new () => WasmDecoder;
}
interface OpenJphModule extends WasmModule {
  readonly HTJ2KDecoder: new () => WasmDecoder;
}

const OPENJPEG = new WasmCodec<OpenJpegModule>(
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on first use; the module has no types
  () => require('@cornerstonejs/codec-openjpeg/decodewasmjs') as WasmFactory<OpenJpegModule>,
);
const OPENJPH = new WasmCodec<OpenJphModule>(
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded on first use; the module has no types
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
  const { bytes } =
    kind === 'htj2k'
      ? await decodeWith(OPENJPH, 'HTJ2K', (module) => new module.HTJ2KDecoder(), stream, format)
      : await decodeWith(OPENJPEG, 'JPEG 2000', (module) => new module.J2KDecoder(), stream, format);
  const isRgb =
    format.channels === 3 &&
    (header.componentTransform || format.photometric.startsWith('YBR_R') || format.photometric === 'YBR_ICT');
  return codedFrame(bytes, header.precision, isRgb ? 'RGB' : format.photometric);
}
