import { ServingError } from '@medserve/errors';

/** What a key says, once it is known how the values of its VR are compared (PS3.4 C.2.2.2). */
export type ValueMatch =
  | { readonly kind: 'everything' }
  | { readonly kind: 'one-of'; readonly values: readonly string[] }
  /** Patterns of LIKE, with `\` as their escape. */
  | { readonly kind: 'like'; readonly patterns: readonly string[] }
  /** Both ends belong to it. */
  | { readonly kind: 'between'; readonly from: string | undefined; readonly to: string | undefined };

const WILD_VRS = new Set(['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);
const NUMBER_VRS = new Set(['DS', 'IS', 'US', 'UL', 'SS', 'SL', 'FL', 'FD']);

/** @throws ServingError `invalid_request` of a value that its VR cannot have */
export function matchOf(vr: string, value: string): ValueMatch {
  const trimmed = value.replaceAll('\0', ' ').trim();
  if (trimmed === '') return { kind: 'everything' };
  if (vr === 'DA' || vr === 'TM' || vr === 'DT') return rangeOf(vr, trimmed);
  if (vr === 'UI') return { kind: 'one-of', values: listOf(trimmed, /[\\,]/) };
  if (NUMBER_VRS.has(vr)) return { kind: 'one-of', values: listOf(trimmed, /\\/).map(numberOf) };
  const values = listOf(trimmed, /\\/);
  if (!WILD_VRS.has(vr)) return { kind: 'one-of', values };
  if (values.some((one) => /^\*+$/.test(one))) return { kind: 'everything' };
  if (!values.some((one) => /[*?]/.test(one))) return { kind: 'one-of', values };
  return { kind: 'like', patterns: values.map(patternOf) };
}

const listOf = (value: string, separator: RegExp): string[] =>
  value
    .split(separator)
    .map((one) => one.trim())
    .filter((one) => one !== '');

function numberOf(text: string): string {
  const number = Number(text);
  if (!Number.isFinite(number)) throw notOf('a number');
  return String(number);
}

export const patternOf = (value: string): string =>
  value
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%')
    .replaceAll('?', '_');

const SHAPES: Readonly<Record<'DA' | 'TM' | 'DT', { readonly shape: RegExp; readonly name: string }>> = {
  DA: { shape: /^\d{8}$/, name: 'a date, YYYYMMDD' },
  TM: { shape: /^([01]\d|2[0-3])([0-5]\d([0-5]\d|60)?)?(\.\d{1,6})?$/, name: 'a time, HHMMSS.FFFFFF' },
  DT: { shape: /^\d{4}(\d\d){0,5}(\.\d{1,6})?([+-]\d{4})?$/, name: 'a date and time' },
};

function rangeOf(vr: 'DA' | 'TM' | 'DT', value: string): ValueMatch {
  // An offset from UTC begins like the second half of a range.
  const halves = vr === 'DT' ? [value] : value.split('-');
  if (halves.length > 2) throw notOf(SHAPES[vr].name);
  const ends = halves.map((half) => {
    const text = normalized(vr, half.trim());
    if (text !== '' && !isOfShape(vr, text)) throw notOf(SHAPES[vr].name);
    return text === '' ? undefined : text;
  });
  const [from, to] = [ends[0], ends.at(-1)];
  return from === undefined && to === undefined ? { kind: 'everything' } : { kind: 'between', from, to };
}

/** Values of the standard's first edition have separators (PS3.5 6.2). */
const normalized = (vr: string, text: string): string =>
  vr === 'DA' ? text.replaceAll('.', '') : vr === 'TM' ? text.replaceAll(':', '') : text;

function isOfShape(vr: 'DA' | 'TM' | 'DT', text: string): boolean {
  if (!SHAPES[vr].shape.test(text)) return false;
  if (vr !== 'DA') return true;
  const [month, day] = [Number(text.slice(4, 6)), Number(text.slice(6))];
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

const notOf = (what: string): ServingError =>
  new ServingError('invalid_request', `A value that is searched for is not ${what}.`);
