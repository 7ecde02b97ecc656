import { ServingError } from '@medserve/errors';

/**
 * The codecs are Emscripten modules whose types are not published. What is used of them is declared here; a decoder owns
 * memory of the module until `delete`.
 */
export interface WasmDecoder {
  /** Room for the codestream inside the module's memory. */
  getEncodedBuffer(length: number): Uint8Array;
  /** A view of the module's memory: copy before the next call. */
  getDecodedBuffer(): Uint8Array;
  readHeader(): void;
  decode(): void;
  getFrameInfo(): FrameInfo;
  delete(): void;
}

export interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
}

export interface WasmModule {
  readonly HEAPU8: Uint8Array;
}

export type WasmFactory<M extends WasmModule> = (options: {
  print: (text: string) => void;
  printErr: (text: string) => void;
}) => Promise<M>;

/** Memory of a WebAssembly module never shrinks, so a module that grew beyond this is dropped and made anew. */
const DROP_ABOVE_BYTES = 256 * 1024 * 1024;

/**
 * Keeps one instance of a codec for the thread, made on first use. What the codec prints is collected for the one call
 * and never reaches the process's output: some codecs report failure in no other way.
 */
export class WasmCodec<M extends WasmModule> {
  private module: Promise<M> | undefined;
  private printed: string[] = [];

  constructor(private readonly load: () => WasmFactory<M>) {}

  async use<T>(work: (module: M, printed: readonly string[]) => T): Promise<T> {
    this.module ??= this.load()({
      print: (text) => {
        this.note(text);
      },
      printErr: (text) => {
        this.note(text);
      },
    });
    const module = await this.module;
    this.printed = [];
    try {
      const result = work(module, this.printed);
      if (module.HEAPU8.length > DROP_ABOVE_BYTES) this.module = undefined;
      return result;
    } catch (error) {
      // After anything but a finding of our own the module may have aborted: it is in no state to be used again.
      if (!(error instanceof ServingError)) this.module = undefined;
      throw error;
    }
  }

  private note(text: string): void {
    if (this.printed.length < 20) this.printed.push(text.slice(0, 200));
  }
}
