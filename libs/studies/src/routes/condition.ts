import { z } from 'zod';
import { ATTRIBUTES, type Attribute, type Value, type Values } from '../study-facts';
import { isLike } from './glob';

/** How deep `all`, `any` and `not` may stand in one another. */
const MOST_DEPTH = 8;
const MOST_MEMBERS = 64;

const value = z.union([z.string().min(1).max(128), z.number()]);

const range = z
  .strictObject({ from: z.number().optional(), to: z.number().optional() })
  .refine(({ from, to }) => from !== undefined || to !== undefined, 'has to have "from" or "to"');

const test = z.union(
  [
    value,
    z.array(value).min(1).max(MOST_MEMBERS),
    z.strictObject({ like: z.union([z.string().min(1).max(128), z.array(z.string().min(1).max(128)).min(1)]) }),
    range,
  ],
  { error: 'has to be a value, a list of values, {like: PATTERN} or {from: N, to: N}' },
);

type Test = z.output<typeof test>;

/**
 * What a route asks of a study or of a series. All members have to hold: `{modality: CT, slices: {from: 8}}`. An attribute holds
 * where any of its values does.
 */
export type Condition = { readonly [K in Attribute]?: Test | undefined } & {
  readonly all?: readonly Condition[] | undefined;
  readonly any?: readonly Condition[] | undefined;
  readonly not?: Condition | undefined;
};

const members = Object.fromEntries(ATTRIBUTES.map((name) => [name, test.optional()]));

const conditionAt = (depth: number): z.ZodType<Condition> => {
  if (depth === 0) return z.strictObject(members);
  const inner = z.lazy(() => conditionAt(depth - 1));
  const list = z.array(inner).min(1).max(MOST_MEMBERS).optional();
  return z.strictObject({ ...members, all: list, any: list, not: inner.optional() });
};

export const conditionSchema = conditionAt(MOST_DEPTH);

/** DICOM writes code strings in capitals, and people do not: text is compared without regard to them. */
const isSame = (found: Value, wanted: Value): boolean =>
  typeof wanted === 'number' ? Number(found) === wanted : String(found).toUpperCase() === wanted.toUpperCase();

function passes(found: Value, wanted: Test): boolean {
  if (typeof wanted !== 'object') return isSame(found, wanted);
  if (Array.isArray(wanted)) return wanted.some((one) => isSame(found, one));
  if ('like' in wanted) return [wanted.like].flat().some((pattern) => isLike(String(found), pattern));
  const { from = -Infinity, to = Infinity } = wanted as { readonly from?: number; readonly to?: number };
  const number = Number(found);
  return number >= from && number <= to;
}

/** A member of a condition that does not hold: of which attribute, and what was found there. */
export interface Miss {
  readonly attribute: Attribute | 'any' | 'not';
  readonly found: readonly Value[];
}

/** The first member of a condition that does not hold; undefined: it holds. */
export function missOf(condition: Condition, values: Values): Miss | undefined {
  for (const name of ATTRIBUTES) {
    const wanted = condition[name];
    const found = values[name] ?? [];
    if (wanted !== undefined && !found.some((one) => passes(one, wanted))) return { attribute: name, found };
  }
  for (const one of condition.all ?? []) {
    const miss = missOf(one, values);
    if (miss !== undefined) return miss;
  }
  if (condition.any?.every((one) => missOf(one, values) !== undefined) === true) return { attribute: 'any', found: [] };
  if (condition.not !== undefined && missOf(condition.not, values) === undefined)
    return { attribute: 'not', found: [] };
  return undefined;
}

export const holds = (condition: Condition, values: Values): boolean => missOf(condition, values) === undefined;
