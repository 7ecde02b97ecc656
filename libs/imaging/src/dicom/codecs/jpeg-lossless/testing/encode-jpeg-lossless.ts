type Table = 'even' | 'long';

export interface LosslessImage {
  readonly width: number;
  readonly height: number;
  /** By pixel. */
  readonly samples: ArrayLike<number>;
  readonly components?: number;
  readonly precision: number;
  readonly selection?: number;
  readonly pointTransform?: number;
  /** Lines between two restart markers. */
  readonly restartLines?: number;
  /** Whether all components are in one scan. */
  readonly interleaved?: boolean;
  /** Codes of each scan, in turns: of five bits each, or of one bit to sixteen. */
  readonly tables?: readonly Table[];
}

const segment = (marker: number, ...content: number[]): number[] => {
  const length = content.length + 2;
  return [0xff, marker, length >> 8, length & 255, ...content];
};

/** Codes of the categories 0 to 16: how many of each length there are, and each as text. Code lengths rise with the category. */
function codesOf(table: Table): { counts: number[]; codes: string[] } {
  if (table === 'long') {
    const unary = Array.from({ length: 14 }, (_, ones) => `${'1'.repeat(ones)}0`);
    const last = ['00', '01', '10'].map((end) => '1'.repeat(14) + end);
    return { counts: [...Array<number>(14).fill(1), 0, 3], codes: [...unary, ...last] };
  }
  const codes = Array.from({ length: 17 }, (_, category) => category.toString(2).padStart(5, '0'));
  return { counts: Array.from({ length: 16 }, (_, index) => (index === 4 ? 17 : 0)), codes };
}

/** A codestream of JPEG process 14 (ITU-T T.81, annex H), written to be read beside the standard and not to be fast. */
export function encodeJpegLossless(image: LosslessImage): Buffer {
  const { width, height, components = 1, precision, restartLines = 0, tables = ['even'] } = image;
  const places = Array.from({ length: components }, (_, place) => place);
  const scans = (image.interleaved ?? true) ? [places] : places.map((place) => [place]);
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  const interval = width * restartLines;
  return Buffer.from([
    ...[0xff, 0xd8],
    ...segment(0xc3, precision, ...size, components, ...places.flatMap((place) => [place + 1, 0x11, 0])),
    ...(interval > 0 ? segment(0xdd, interval >> 8, interval & 255) : []),
    ...scans.flatMap((scan, index) => encodeScan(image, scan, tables[index % tables.length] ?? 'even')),
    ...[0xff, 0xd9],
  ]);
}

function encodeScan(image: LosslessImage, scan: readonly number[], table: Table): number[] {
  const { selection = 1, pointTransform = 0 } = image;
  const { counts, codes } = codesOf(table);
  return [
    ...segment(0xc4, 0, ...counts, ...codes.keys()),
    ...segment(0xda, scan.length, ...scan.flatMap((place) => [place + 1, 0]), selection, 0, pointTransform),
    ...encodeSamples(image, scan, codes),
  ];
}

function encodeSamples(image: LosslessImage, scan: readonly number[], codes: readonly string[]): number[] {
  const { width, height, restartLines = 0 } = image;
  const bytes: number[] = [];
  let bits = '';
  for (let y = 0; y < height; y++) {
    if (restartLines > 0 && y > 0 && y % restartLines === 0) {
      bytes.push(...packed(bits), 0xff, 0xd0 + ((y / restartLines - 1) % 8));
      bits = '';
    }
    for (let x = 0; x < width; x++) for (const place of scan) bits += codeOf(differenceAt(image, x, y, place), codes);
  }
  return [...bytes, ...packed(bits)];
}

/** Modulo 65,536, from -32,767 to 32,768. */
function differenceAt(image: LosslessImage, x: number, y: number, place: number): number {
  const { width, samples, components = 1, precision, selection = 1, pointTransform = 0, restartLines = 0 } = image;
  const at = (column: number, row: number): number =>
    Math.floor((samples[(row * width + column) * components + place] as number) / 2 ** pointTransform);
  const isFirst = y === 0 || (restartLines > 0 && y % restartLines === 0);
  const predicted = () => {
    if (x === 0) return isFirst ? 2 ** (precision - pointTransform - 1) : at(0, y - 1);
    const a = at(x - 1, y);
    if (isFirst || selection === 1) return a;
    const [b, c] = [at(x, y - 1), at(x - 1, y - 1)];
    const half = (value: number) => Math.floor(value / 2);
    return [b, c, a + b - c, a + half(b - c), b + half(a - c), half(a + b)][selection - 2] as number;
  };
  const difference = (at(x, y) - predicted() + 0x20000) % 0x10000;
  return difference > 0x8000 ? difference - 0x10000 : difference;
}

function codeOf(difference: number, codes: readonly string[]): string {
  if (difference === 0) return codes[0] as string;
  const size = Math.floor(Math.log2(Math.abs(difference))) + 1;
  if (size === 16) return codes[16] as string;
  const extra = difference > 0 ? difference : difference + 2 ** size - 1;
  return (codes[size] as string) + extra.toString(2).padStart(size, '0');
}

function packed(bits: string): number[] {
  const bytes: number[] = [];
  for (let at = 0; at < bits.length; at += 8) {
    const byte = parseInt(bits.slice(at, at + 8).padEnd(8, '1'), 2);
    bytes.push(...(byte === 0xff ? [0xff, 0] : [byte]));
  }
  return bytes;
}
