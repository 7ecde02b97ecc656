export type Schema = Readonly<Record<string, unknown>>;

/** They say something about a value and rule none out (JSON Schema 2020-12, annotations and identifiers). */
const ANNOTATIONS = new Set([
  '$anchor',
  '$comment',
  '$defs',
  '$id',
  '$schema',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
  'default',
  'definitions',
  'deprecated',
  'description',
  'examples',
  'readOnly',
  'title',
  'writeOnly',
]);

/** They rule values out, and nothing here can hold an answer to them. */
export const UNSUPPORTED = [
  '$dynamicRef',
  '$recursiveRef',
  'contains',
  'dependencies',
  'dependentRequired',
  'dependentSchemas',
  'else',
  'if',
  'maxContains',
  'minContains',
  'not',
  'patternProperties',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
] as const;

export const OBJECT_WORDS = [
  'properties',
  'required',
  'additionalProperties',
  'minProperties',
  'maxProperties',
] as const;
export const ARRAY_WORDS = ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems'] as const;
const STRING_WORDS = ['minLength', 'maxLength', 'pattern', 'format'] as const;
const NUMBER_WORDS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'] as const;

const NARROWING: ReadonlySet<string> = new Set([
  ...UNSUPPORTED,
  ...OBJECT_WORDS,
  ...ARRAY_WORDS,
  ...STRING_WORDS,
  ...NUMBER_WORDS,
  '$ref',
  'allOf',
  'anyOf',
  'const',
  'enum',
  'oneOf',
  'type',
]);

/** The keywords by which a schema rules values out; unknown ones are annotations by the standard. */
export const narrowing = (schema: Schema): string[] => Object.keys(schema).filter((word) => NARROWING.has(word));

/** The schema without what only describes. */
export const bare = (schema: Schema): Schema =>
  Object.fromEntries(Object.entries(schema).filter(([word]) => !ANNOTATIONS.has(word)));

export const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const JSON_TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
export type JsonType = (typeof JSON_TYPES)[number];

export const isJsonType = (value: unknown): value is JsonType => JSON_TYPES.some((type) => type === value);

/** Where a schema names no type: that of the first keyword that is for one type only. Other types would fit as well. */
export function typeOf(schema: Schema): JsonType | undefined {
  const has = (words: readonly string[]): boolean => words.some((word) => word in schema);
  if (has(OBJECT_WORDS)) return 'object';
  if (has(ARRAY_WORDS)) return 'array';
  if (has(STRING_WORDS)) return 'string';
  return has(NUMBER_WORDS) ? 'number' : undefined;
}

/** Whether a value is of a type, as JSON Schema means it: 1.0 is an integer. */
export function isOfType(value: unknown, type: unknown): boolean {
  switch (type) {
    case 'object':
      return isSchema(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}
