/** The package publishes no types of its own; this is the part that is used. */
declare module 'jpeg-lossless-decoder-js' {
  export class Decoder {
    /** @param numBytes bytes per sample of the output */
    decode(buffer: ArrayBuffer, offset: number, length: number, numBytes: number): Uint8Array | Uint16Array;
  }
}
