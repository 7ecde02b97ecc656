import type { Coded } from '@medserve/clinical';
import { SYSTEM } from './systems';

/** Units as people write them, to how UCUM does (https://ucum.org/ucum). */
const UCUM: Readonly<Record<string, string>> = {
  HU: "[hnsf'U]",
  '\u00b5m': 'um',
  '\u03bcm': 'um',
  '\u00b5L': 'uL',
  '\u03bcL': 'uL',
};

/** A unit of an answer by its UCUM code, with the words that people read. What has none is a number without one. */
export function unitOf(unit: string): Coded {
  const display = unit.trim() || '1';
  return { code: UCUM[display] ?? display, system: SYSTEM.ucum, display };
}
