import { canonicalText } from './canonical-text';
import { ARRAY_WORDS, isSchema, narrowing, OBJECT_WORDS, type Schema } from './schema-keywords';

/** Options that two lists of them may become. */
const MAX_OPTIONS = 64;

/** Takes note that two schemas say by a word what cannot be said by one: then what the first says stays. */
export type TellDiffer = (word: string) => void;

type Merge = (a: unknown, b: unknown, differ: () => void) => unknown;

const isSame = (a: unknown, b: unknown): boolean => canonicalText(a) === canonicalText(b);
const larger: Merge = (a, b) => Math.max(a as number, b as number);
const smaller: Merge = (a, b) => Math.min(a as number, b as number);

/** Both schemas, as one that is read when it is its turn. */
const both = (a: unknown, b: unknown): unknown => (a === true || isSame(a, b) ? b : b === true ? a : { allOf: [a, b] });

/** An integer is a number, too. */
const types: Merge = (a, b) => {
  const [one, other] = [[...new Set([a].flat())], [...new Set([b].flat())]];
  const narrower = (type: unknown, among: readonly unknown[]): unknown[] => {
    if (among.includes(type)) return [type];
    if (type === 'integer') return among.includes('number') ? ['integer'] : [];
    return type === 'number' && among.includes('integer') ? ['integer'] : [];
  };
  const left = [...new Set(one.flatMap((type) => narrower(type, other)))];
  return left.length === 1 ? left[0] : left;
};

/** Of whole numbers the least that both divide. */
const multiples: Merge = (a, b, differ) => {
  const [x, y] = [a as number, b as number];
  const least = (x / divisor(x, y)) * y;
  if (Number.isSafeInteger(x) && Number.isSafeInteger(y) && Number.isSafeInteger(least)) return least;
  differ();
  return a;
};

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

/** Of each option of the one with each of the other. */
const options: Merge = (a, b, differ) => {
  const [one, other] = [a as unknown[], b as unknown[]];
  if (one.length * other.length <= MAX_OPTIONS) return one.flatMap((x) => other.map((y) => both(x, y)));
  differ();
  return a;
};

/** Those of the one that are among the other. */
const values: Merge = (a, b) => {
  const others = new Set((b as unknown[]).map(canonicalText));
  return (a as unknown[]).filter((value) => others.has(canonicalText(value)));
};

/** Words that say the same of every value, however they stand beside others. */
const MERGES: Readonly<Record<string, Merge>> = {
  anyOf: options,
  enum: values,
  exclusiveMaximum: smaller,
  exclusiveMinimum: larger,
  maxItems: smaller,
  maxLength: smaller,
  maxProperties: smaller,
  maximum: smaller,
  minItems: larger,
  minLength: larger,
  minProperties: larger,
  minimum: larger,
  multipleOf: multiples,
  oneOf: options,
  required: (a, b) => [...new Set([...(a as unknown[]), ...(b as unknown[])])],
  type: types,
  uniqueItems: (a, b) => a === true || b === true,
};

/** Of objects: each member as both schemas say, those that one does not declare as its additional ones. */
function objects(a: Schema, b: Schema, differ: TellDiffer): Schema {
  const [one, other] = [membersOf(a), membersOf(b)];
  const allowed = (schema: Schema, others: unknown, name: string): unknown => {
    if (Object.hasOwn(schema, name)) return schema[name];
    // Whoever extends an object that is closed means the members to be there; by the standard none can be.
    if (others === false) differ('additionalProperties');
    return others === false ? true : others;
  };
  const names = [...new Set([...Object.keys(one.properties), ...Object.keys(other.properties)])];
  const properties = names.map((name) => [
    name,
    both(allowed(one.properties, one.others, name), allowed(other.properties, other.others, name)),
  ]);
  const additional = both(one.others, other.others);
  return {
    ...(names.length > 0 ? { properties: Object.fromEntries(properties) as Schema } : {}),
    ...(additional === true ? {} : { additionalProperties: additional }),
  };
}

const membersOf = ({ properties, additionalProperties: others = true }: Schema) => ({
  properties: isSchema(properties) ? properties : {},
  others,
});

/** Of lists: each item as both schemas say by its place. */
function lists(a: Schema, b: Schema): Schema {
  const [one, other] = [itemsOf(a), itemsOf(b)];
  const length = Math.max(one.prefix.length, other.prefix.length);
  const prefix = Array.from({ length }, (_, at) => both(one.prefix[at] ?? one.rest, other.prefix[at] ?? other.rest));
  const items = both(one.rest, other.rest);
  return { ...(length > 0 ? { prefixItems: prefix } : {}), ...(items === true ? {} : { items }) };
}

const itemsOf = ({ prefixItems, items: rest = true }: Schema) => ({
  prefix: Array.isArray(prefixItems) ? (prefixItems as unknown[]) : [],
  rest,
});

const has = (schema: Schema, words: readonly string[]): boolean => words.some((word) => Object.hasOwn(schema, word));

/** They mean each other, and come together by what they mean. */
const STRUCTURE: ReadonlySet<string> = new Set(['properties', 'additionalProperties', 'prefixItems', 'items']);

function merge(a: Schema, b: Schema, differ: TellDiffer): Schema | false {
  if ('const' in a && 'const' in b && !isSame(a['const'], b['const'])) return false;
  const merged: Record<string, unknown> = { ...a };
  for (const word of narrowing(b)) {
    const value = b[word];
    if (!Object.hasOwn(a, word)) merged[word] = value;
    else if (MERGES[word]) {
      merged[word] = MERGES[word](a[word], value, () => {
        differ(word);
      });
    } else if (!STRUCTURE.has(word) && !isSame(a[word], value)) differ(word);
  }
  const isObject = [a, b].every((schema) => has(schema, OBJECT_WORDS));
  const isList = [a, b].every((schema) => has(schema, ARRAY_WORDS));
  return { ...merged, ...(isObject ? objects(a, b, differ) : {}), ...(isList ? lists(a, b) : {}) };
}

/** No type fits both. */
const isEmpty = ({ type }: Schema): boolean => Array.isArray(type) && type.length === 0;

/**
 * Schemas that all have to fit, as one: of bounds the narrower, of members and items both that are said of them.
 *
 * @param schemas in the words of today, with values that the words have, without references
 * @param differ may throw
 * @returns `false` where no value fits
 */
export function mergeSchemas(schemas: readonly Schema[], differ: TellDiffer): Schema | false {
  const merged = schemas.reduce<Schema | false>((before, next) => before && merge(before, next, differ), {});
  return merged && !isEmpty(merged) && merged;
}
