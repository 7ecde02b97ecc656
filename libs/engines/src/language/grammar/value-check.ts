import { canonicalText } from './canonical-text';
import { decimalOf } from './number-range';
import { isOfType, isSchema, type Schema } from './schema-keywords';

/** Schemas that values are held against, long texts counted as several; more is refused before it takes long. */
const MAX_CHECKS = 20_000;
const CHARACTERS_OF_A_CHECK = 32;
const MAX_DEPTH = 64;

export class TooManyChecks extends Error {}

export interface CheckParts {
  /** What a schema says itself, in the words of today. @throws where it cannot be enforced */
  own(schema: unknown): Schema;
  /** Where a reference leads. */
  find(pointer: unknown): unknown;
  /** Whether a text fits the keywords of texts in a schema. */
  isText(text: string, schema: Schema): boolean;
}

const numberAt = (schema: Schema, word: string, absent: number): number =>
  typeof schema[word] === 'number' ? schema[word] : absent;
const listAt = (schema: Schema, word: string): readonly unknown[] | undefined =>
  Array.isArray(schema[word]) ? (schema[word] as unknown[]) : undefined;

/** As decimals, which is how both were written. */
function isMultipleOf(value: number, of: number): boolean {
  const [one, other] = [decimalOf(value), decimalOf(of)];
  const last = Math.min(one.exponent, other.exponent);
  const whole = ({ digits, exponent }: typeof one): bigint => digits * 10n ** BigInt(exponent - last);
  return whole(one) % whole(other) === 0n;
}

/** Holds values that a schema lists against what else it says of them. */
export class ValueCheck {
  #checks = 0;
  readonly #schemas = new WeakMap<object, Schema>();
  readonly #texts = new WeakMap<object, string>();
  readonly #lists = new WeakMap<readonly unknown[], ReadonlySet<string>>();

  constructor(private readonly parts: CheckParts) {}

  /** @throws TooManyChecks */
  fits(value: unknown, schema: unknown, depth = 0): boolean {
    this.#checks += typeof value === 'string' ? 1 + Math.floor(value.length / CHARACTERS_OF_A_CHECK) : 1;
    if (this.#checks > MAX_CHECKS || depth > MAX_DEPTH) throw new TooManyChecks();
    if (typeof schema === 'boolean' || schema === undefined) return schema !== false;
    const own = kept(this.#schemas, schema as object, () => this.parts.own(schema));
    return this.#isListed(value, own) && this.#isOwn(value, own, depth) && this.#isTogether(value, own, depth + 1);
  }

  #isListed(value: unknown, schema: Schema): boolean {
    const listed = listAt(schema, 'enum');
    const types = schema['type'] === undefined ? undefined : [schema['type']].flat();
    return (
      (!types || types.some((type) => isOfType(value, type))) &&
      (!('const' in schema) || this.#textOf(schema['const']) === this.#textOf(value)) &&
      (!listed || kept(this.#lists, listed, () => new Set(listed.map(canonicalText))).has(this.#textOf(value)))
    );
  }

  #textOf(value: unknown): string {
    return typeof value === 'object' && value !== null
      ? kept(this.#texts, value, () => canonicalText(value))
      : canonicalText(value);
  }

  #isOwn(value: unknown, schema: Schema, depth: number): boolean {
    if (typeof value === 'number') return isNumber(value, schema);
    if (typeof value === 'string') return this.parts.isText(value, schema);
    if (Array.isArray(value)) return this.#isArray(value, schema, depth + 1);
    return !isSchema(value) || this.#isObject(value, schema, depth + 1);
  }

  #isArray(value: readonly unknown[], schema: Schema, depth: number): boolean {
    const prefix = listAt(schema, 'prefixItems') ?? [];
    return (
      value.length >= numberAt(schema, 'minItems', 0) &&
      value.length <= numberAt(schema, 'maxItems', Infinity) &&
      (schema['uniqueItems'] !== true || new Set(value.map((item) => this.#textOf(item))).size === value.length) &&
      value.every((item, at) => this.fits(item, at < prefix.length ? prefix[at] : schema['items'], depth))
    );
  }

  #isObject(value: Schema, schema: Schema, depth: number): boolean {
    const names = Object.keys(value);
    const declared = isSchema(schema['properties']) ? schema['properties'] : {};
    const others = schema['additionalProperties'];
    return (
      names.length >= numberAt(schema, 'minProperties', 0) &&
      names.length <= numberAt(schema, 'maxProperties', Infinity) &&
      (listAt(schema, 'required') ?? []).every((name) => Object.hasOwn(value, String(name))) &&
      names.every((name) => this.fits(value[name], Object.hasOwn(declared, name) ? declared[name] : others, depth))
    );
  }

  #isTogether(value: unknown, schema: Schema, depth: number): boolean {
    const isFit = (one: unknown): boolean => this.fits(value, one, depth);
    return (
      (schema['$ref'] === undefined || isFit(this.parts.find(schema['$ref']))) &&
      (listAt(schema, 'allOf')?.every(isFit) ?? true) &&
      (listAt(schema, 'anyOf')?.some(isFit) ?? true) &&
      (listAt(schema, 'oneOf') === undefined || listAt(schema, 'oneOf')?.filter(isFit).length === 1)
    );
  }
}

function kept<K extends object, V>(known: WeakMap<K, V>, key: K, make: () => V): V {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}

const isNumber = (value: number, schema: Schema): boolean =>
  value >= numberAt(schema, 'minimum', -Infinity) &&
  value <= numberAt(schema, 'maximum', Infinity) &&
  value > numberAt(schema, 'exclusiveMinimum', -Infinity) &&
  value < numberAt(schema, 'exclusiveMaximum', Infinity) &&
  (typeof schema['multipleOf'] !== 'number' || isMultipleOf(value, schema['multipleOf']));
