/** A length that people count in, and how long it is on the page. */
export interface ScaleBar {
  readonly length: number;
  readonly unit: 'µm' | 'mm' | 'cm';
  /** CSS pixels. */
  readonly width: number;
}

const UNITS = [
  { unit: 'cm', mm: 10 },
  { unit: 'mm', mm: 1 },
  { unit: 'µm', mm: 0.001 },
] as const;

/** The longest of 1, 2 or 5 times a power of ten that is no wider than `room`, in CSS pixels. @param scale CSS pixels a column */
export function scaleBar(spacingMm: number, scale: number, room: number): ScaleBar | undefined {
  const perMm = scale / spacingMm;
  const most = room / perMm;
  if (!(most > 0) || !Number.isFinite(most)) return undefined;
  // A hair is added, so that a length that just fits is not lost to rounding.
  const power = 10 ** Math.floor(Math.log10(most) + 1e-9);
  const mm = ([5, 2, 1].find((step) => step * power <= most * (1 + 1e-9)) ?? 1) * power;
  const { unit, mm: size } = UNITS.find((each) => mm >= each.mm) ?? UNITS[2];
  return { length: Number((mm / size).toPrecision(3)), unit, width: mm * perMm };
}
