import { unreadable } from '../refuse';

/** How the samples are coded, by the start-of-frame marker (ITU-T T.81 table B.1, T.87 for JPEG-LS). */
export type JpegProcess = 'sequential' | 'progressive' | 'lossless' | 'jpeg-ls' | 'other';

export interface JpegHeader {
  readonly process: JpegProcess;
  readonly precision: number;
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly componentIds: readonly number[];
  /** Of each component: horizontal in the upper four bits, vertical in the lower. */
  readonly samplingFactors: readonly number[];
  /** The transform of Adobe's APP14 marker: 0 none, 1 YCbCr, 2 YCCK. */
  readonly adobeTransform?: number;
  readonly jfif: boolean;
}

const PROCESSES: Readonly<Record<number, JpegProcess>> = {
  0xc0: 'sequential',
  0xc1: 'sequential',
  0xc2: 'progressive',
  0xc3: 'lossless',
  0xf7: 'jpeg-ls',
};
const isFrameStart = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;

/**
 * What a JPEG or JPEG-LS codestream claims about itself, without decoding: walks the marker segments up to the frame header.
 *
 * @throws ServingError `unreadable_image`
 */
export function readJpegHeader(bytes: Buffer): JpegHeader {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8)
    throw unreadable('The JPEG codestream does not begin as one.');
  let at = 2;
  let jfif = false;
  let adobeTransform: number | undefined;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) throw unreadable('The JPEG header is damaged.');
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    const body = bytes.subarray(at + 4, at + 2 + length);
    if (length < 2 || at + 2 + length > bytes.length) throw unreadable('The JPEG header is cut short.');
    if (isFrameStart(marker))
      return { ...frameHeader(marker, body), jfif, ...(adobeTransform === undefined ? {} : { adobeTransform }) };
    if (marker === 0xda || marker === 0xd9) break;
    if (marker === 0xe0 && body.toString('latin1', 0, 5) === 'JFIF\0') jfif = true;
    if (marker === 0xee && body.length >= 12 && body.toString('latin1', 0, 5) === 'Adobe') adobeTransform = body[11];
    at += 2 + length;
  }
  throw unreadable('The JPEG codestream has no frame header.');
}

function frameHeader(marker: number, body: Buffer) {
  const components = body[5] ?? 0;
  if (components === 0 || body.length < 6 + 3 * components) throw unreadable('The JPEG frame header is damaged.');
  const [height, width] = [body.readUInt16BE(1), body.readUInt16BE(3)];
  // A height of 0 is told after the first scan (DNL): too late for a check before decoding.
  if (width === 0 || height === 0) throw unreadable('The JPEG frame header names no size.');
  return {
    process: PROCESSES[marker] ?? 'other',
    precision: body[0] ?? 0,
    width,
    height,
    components,
    componentIds: Array.from({ length: components }, (_, index) => body[6 + 3 * index] ?? 0),
    samplingFactors: Array.from({ length: components }, (_, index) => body[7 + 3 * index] ?? 0),
  };
}
