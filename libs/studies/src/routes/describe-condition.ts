import { ATTRIBUTES } from '../study-facts';
import type { Condition } from './condition';

type Wanted = Exclude<Condition[(typeof ATTRIBUTES)[number]], undefined>;

/** `bodyPart` as people write it. */
const spelt = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const orOf = (values: readonly (string | number)[]): string => values.map(String).join(' or ');

function describeWanted(wanted: Wanted): string {
  if (typeof wanted !== 'object') return `is ${String(wanted)}`;
  if (Array.isArray(wanted)) return `is ${orOf(wanted)}`;
  if ('like' in wanted) return `is like ${orOf([wanted.like].flat())}`;
  const { from, to } = wanted as { readonly from?: number; readonly to?: number };
  if (to === undefined) return `is at least ${String(from)}`;
  return from === undefined ? `is at most ${String(to)}` : `is from ${String(from)} to ${String(to)}`;
}

/** A condition in words, for who reads the rules: `modality is CT, and slices is at least 8`. Of one that asks nothing, nothing. */
export function describeCondition(condition: Condition): string {
  const members = ATTRIBUTES.flatMap((name) => {
    const wanted = condition[name];
    return wanted === undefined ? [] : [`${spelt(name)} ${describeWanted(wanted)}`];
  });
  const { all = [], any, not } = condition;
  return [
    ...members,
    ...all.map(describeCondition),
    ...(any === undefined ? [] : [`either ${any.map((one) => `(${describeCondition(one)})`).join(' or ')}`]),
    ...(not === undefined ? [] : [`not (${describeCondition(not)})`]),
  ].join(', and ');
}
