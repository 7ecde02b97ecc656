import { ServingError } from '@medserve/errors';
import { tagOf, vrOf } from '../../dicom/dictionary/dictionary';
import type { DataSetOut, ElementOut, NumberVr, TextVr } from '../../dicom/write/element';

export type Value = string | number | readonly string[] | readonly number[] | readonly DataSetOut[] | Buffer;

const NUMBERS: ReadonlySet<string> = new Set(['AT', 'DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'UL', 'US']);

/**
 * A data set by the keywords of the data dictionary (PS3.6), which has the tags and VRs. Undefined values are left out; an empty
 * string or list is an attribute without value.
 */
export function dataSetOf(values: Readonly<Record<string, Value | undefined>>): DataSetOut {
  const dataSet = new Map<number, ElementOut>();
  for (const [keyword, value] of Object.entries(values)) {
    const tag = tagOf(keyword);
    if (tag === undefined) throw new ServingError('internal', `The data dictionary has no ${keyword}.`);
    if (value !== undefined) dataSet.set(tag, elementOf(vrOf(tag), value));
  }
  return dataSet;
}

function elementOf(vr: string, value: Value): ElementOut {
  if (Buffer.isBuffer(value)) return { vr, bytes: value };
  if (vr === 'SQ') return { vr, items: value as readonly DataSetOut[] };
  if (value === '') return { vr, bytes: Buffer.alloc(0) };
  if (NUMBERS.has(vr)) return { vr: vr as NumberVr, value: value as number | readonly number[] };
  return { vr: vr as TextVr, value: value as string | readonly string[] };
}

/** Several data sets as one; of an attribute that two have, the later stands. */
export const merged = (...dataSets: readonly DataSetOut[]): DataSetOut =>
  new Map(dataSets.flatMap((dataSet) => [...dataSet]));

/** Text of a model or a person as the value of a short attribute: in one line, without what separates values, and not longer. */
export function lineOf(text: string, most = 64): string {
  const line = text
    .replace(/[\\\p{Cc}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length <= most
    ? line
    : `${characters
        .slice(0, most - 3)
        .join('')
        .trimEnd()}...`;
}
