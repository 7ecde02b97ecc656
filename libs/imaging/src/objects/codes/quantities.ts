import type { Measurement } from '@medserve/clinical';
import { sct, type Code } from './code';
import { codeOf } from './code-of';

const VOLUME = sct('118565006', 'Volume');
const AREA = sct('42798000', 'Area');
const LENGTH = sct('410668003', 'Length');

/** Quantities by the words that models name their measurements with. */
const QUANTITIES: Readonly<Record<string, Code>> = {
  volume: VOLUME,
  area: AREA,
  length: LENGTH,
  diameter: sct('81827009', 'Diameter'),
  'long-axis': sct('103339001', 'Long axis'),
  'short-axis': sct('103340004', 'Short axis'),
  width: sct('103355008', 'Width'),
  angle: sct('1483009', 'Angle'),
  ratio: sct('118586006', 'Ratio'),
  mean: sct('373098007', 'Mean'),
};

/** What a unit measures, where it measures one thing only. */
const BY_UNIT: Readonly<Record<string, Code>> = {
  mL: VOLUME,
  L: VOLUME,
  uL: VOLUME,
  mm3: VOLUME,
  cm3: VOLUME,
  mm2: AREA,
  cm2: AREA,
  um: LENGTH,
  mm: LENGTH,
  cm: LENGTH,
};

/** UCUM units with the words that PS3.16 CID 7460 and its kin have for them. */
const UNIT_NAMES: Readonly<Record<string, string>> = {
  '1': 'no units',
  '%': 'percent',
  mL: 'milliliter',
  L: 'liter',
  uL: 'microliter',
  mm: 'millimeter',
  cm: 'centimeter',
  um: 'micrometer',
  mm2: 'square millimeter',
  cm2: 'square centimeter',
  mm3: 'cubic millimeter',
  cm3: 'cubic centimeter',
  deg: 'degree',
  ms: 'millisecond',
  s: 'second',
  '/min': 'per minute',
  "[hnsf'U]": 'Hounsfield unit',
};

export const unitCode = (unit: string): Code => {
  // "HU" is how people write it; UCUM has it as hnsf'U.
  const value = unit === 'HU' ? "[hnsf'U]" : unit.trim() || '1';
  return { value, scheme: 'UCUM', meaning: UNIT_NAMES[value] ?? value };
};

/** A measurement taken apart: what was measured, and of what where its name says that rather than a quantity. */
export interface Quantity {
  readonly quantity: Code;
  readonly of?: Code;
}

/**
 * `volume` in mL is the volume of what the answer is about; `bone` in mL is the volume of bone; `stenosis` in % is a quantity of the
 * model's own.
 */
export function quantityOf(measurement: Measurement): Quantity {
  const byName = measurement.system === undefined ? QUANTITIES[measurement.code.toLowerCase()] : undefined;
  if (byName !== undefined) return { quantity: byName };
  const code = codeOf(measurement);
  const isQuantity = Object.values(QUANTITIES).some(
    ({ value, scheme }) => value === code.value && scheme === code.scheme,
  );
  const byUnit = BY_UNIT[measurement.unit];
  if (byUnit === undefined || isQuantity) return { quantity: code };
  return { quantity: byUnit, of: code };
}
