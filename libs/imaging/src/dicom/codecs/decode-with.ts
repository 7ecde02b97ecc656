import { asUnreadable, unreadable } from '../../refuse';
import type { PixelFormat } from '../pixel-format';
import type { FrameInfo, WasmCodec, WasmDecoder, WasmModule } from './wasm-module';

/** Codes that a codec prints when it went on after an error; OpenJPEG calls a cut codestream a warning. */
const FAILURE = /\berror\b|truncated|not enough|premature|corrupt|expected \d+ got/i;

export interface Decoded {
  /** A copy, owned by the caller. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly info: FrameInfo;
  /** 0 by plane, 1 by line, 2 by pixel; of JPEG-LS only. */
  readonly interleaveMode: number;
}

/**
 * Runs one codestream through a WebAssembly decoder and checks what came out: the frame that the DICOM header announced and
 * every sample of it. The header of the codestream must have been checked before.
 */
export async function decodeWith<M extends WasmModule>(
  codec: WasmCodec<M>,
  name: string,
  make: (module: M) => WasmDecoder & { getInterleaveMode?: () => number },
  coded: Uint8Array,
  { rows, columns, channels }: PixelFormat,
): Promise<Decoded> {
  const damaged = `The ${name} codestream is damaged or cut short.`;
  try {
    return await codec.use((module, printed) => {
      const decoder = make(module);
      try {
        decoder.getEncodedBuffer(coded.length).set(coded);
        decoder.decode();
        const info = { ...decoder.getFrameInfo() };
        const found = decoder.getDecodedBuffer();
        const wanted = rows * columns * channels * (info.bitsPerSample > 8 ? 2 : 1);
        if (
          info.width !== columns ||
          info.height !== rows ||
          info.componentCount !== channels ||
          found.length !== wanted ||
          printed.some((line) => FAILURE.test(line))
        ) {
          throw unreadable(damaged, printed.join(' | '));
        }
        return { bytes: new Uint8Array(found), info, interleaveMode: decoder.getInterleaveMode?.() ?? 2 };
      } finally {
        decoder.delete();
      }
    });
  } catch (error) {
    throw asUnreadable(error, damaged);
  }
}

/** Refuses a codestream that announces another frame than the DICOM header does, before its decoder allocates for it. */
export function checkFrame(
  name: string,
  { width, height, components, precision }: { width: number; height: number; components: number; precision: number },
  { rows, columns, channels }: PixelFormat,
): void {
  if (width !== columns || height !== rows || components !== channels) {
    throw unreadable(
      `The ${name} codestream has ${String(width)} x ${String(height)} pixels of ${String(components)} samples, ` +
        `the DICOM header says ${String(columns)} x ${String(rows)} of ${String(channels)}.`,
    );
  }
  if (precision < 1 || precision > 16)
    throw unreadable(`The ${name} codestream has ${String(precision)} bits per sample.`);
}
