/** Micrometres from one pixel to the next: along a row, and down a column. */
export interface PixelSize {
  readonly column: number;
  readonly row: number;
}

/** `XResolution` and `YResolution` (pixels a unit) and `ResolutionUnit` of TIFF 6.0. */
export interface Resolution {
  readonly x: number;
  readonly y: number;
  readonly unit: number;
}

/** Units of `PhysicalSizeXUnit` (UnitsLength of the OME schema); its "pixel" and "reference frame" are no lengths. */
const MICROMETRES: ReadonlyMap<string, number> = new Map([
  ['m', 1e6],
  ['dm', 1e5],
  ['cm', 1e4],
  ['mm', 1e3],
  ['\u00b5m', 1], // micro sign
  ['\u03bcm', 1], // Greek mu
  ['nm', 1e-3],
  ['pm', 1e-6],
  ['\u00c5', 1e-4], // A with ring
  ['\u212b', 1e-4], // angstrom sign
  ['thou', 25.4],
  ['in', 25_400],
]);
const RESOLUTION_MICROMETRES: Readonly<Record<number, number>> = { 2: 25_400, 3: 10_000 };
/** 72 dots an inch is what writers put where they know nothing; of a microscope a resolution is finer than this. */
const COARSEST_RESOLUTION = 20;
const NUMBER = '([0-9.]+(?:[eE][+-]?[0-9]+)?)';

/**
 * By Aperio's or OME's description; else by the resolution, where that can be of a microscope.
 *
 * @returns undefined unless both axes are known
 */
export function pixelSize(description: string, resolution: Resolution): PixelSize | undefined {
  const aperio = new RegExp(`MPP\\s*=\\s*${NUMBER}`).exec(description)?.[1];
  if (aperio !== undefined) return both(Number(aperio), Number(aperio));
  const [pixels] = /<(?:\w+:)?Pixels\s[^>]*/.exec(description) ?? [];
  if (pixels?.includes('PhysicalSize') === true) return both(physicalSize(pixels, 'X'), physicalSize(pixels, 'Y'));
  const unit = RESOLUTION_MICROMETRES[resolution.unit] ?? NaN;
  const size = both(unit / resolution.x, unit / resolution.y);
  return size !== undefined && Math.max(size.column, size.row) < COARSEST_RESOLUTION ? size : undefined;
}

function physicalSize(pixels: string, axis: 'X' | 'Y'): number {
  const said = new RegExp(`\\sPhysicalSize${axis}=["']${NUMBER}["']`).exec(pixels)?.[1];
  const unit = new RegExp(`\\sPhysicalSize${axis}Unit=["']([^"']*)["']`).exec(pixels)?.[1];
  return Number(said) * (unit === undefined ? 1 : (MICROMETRES.get(withoutReferences(unit)) ?? NaN));
}

/** Writers that keep to ASCII name the micro sign by its number (`&#181;m`, `&#xB5;m`). */
function withoutReferences(text: string): string {
  return text.replace(/&#(?:x([0-9a-f]{1,4})|([0-9]{1,5}));/gi, (_, hexadecimal?: string, decimal?: string) =>
    String.fromCharCode(hexadecimal === undefined ? Number(decimal) : parseInt(hexadecimal, 16)),
  );
}

function both(column: number, row: number): PixelSize | undefined {
  const isKnown = (value: number): boolean => value > 0 && Number.isFinite(value);
  // Digits that only the factor of a unit brought are no part of a size.
  const rounded = (value: number): number => Number(value.toPrecision(6));
  return isKnown(column) && isKnown(row) ? { column: rounded(column), row: rounded(row) } : undefined;
}
