import { unreadable } from '../../refuse';
import { readJpegHeader } from '../../raster/jpeg-header';
import type { PixelFormat } from '../pixel-format';
import { checkFrame, decodeWith } from './decode-with';
import { wordsFrame, type RawFrame } from './raw-frame';
import { WasmCodec, type WasmDecoder, type WasmFactory, type WasmModule } from './wasm-module';

interface CharlsModule extends WasmModule {
  readonly JpegLSDecoder: new () => WasmDecoder & { getInterleaveMode(): number };
}

const CHARLS = new WasmCodec<CharlsModule>(
  // oxlint-disable-next-line typescript/no-require-imports -- loaded on first use; the module has no types
  () => require('@cornerstonejs/codec-charls/decodewasmjs') as WasmFactory<CharlsModule>,
);

/** JPEG-LS, lossless and near-lossless (CharLS). */
export async function decodeJpegLs(coded: Buffer, format: PixelFormat): Promise<RawFrame> {
  const header = readJpegHeader(coded);
  checkFrame('JPEG-LS', header, format);
  if (header.process !== 'jpeg-ls') throw unreadable('The codestream is not of JPEG-LS.');
  const { bytes, interleaveMode } = await decodeWith(
    CHARLS,
    'JPEG-LS',
    (module) => new module.JpegLSDecoder(),
    coded,
    format,
  );
  return { ...wordsFrame(bytes, header.precision, format), planar: interleaveMode === 0 };
}
