import { isJsonType, isSchema, type Schema } from './schema-keywords';

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): boolean => typeof value === 'string';
const isSomeSchema = (value: unknown): boolean => typeof value === 'boolean' || isSchema(value);
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isList = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

/** What stands under a keyword (JSON Schema 2020-12, Core and Validation). */
const VALUES: Readonly<Record<string, (value: unknown) => boolean>> = {
  $ref: isText,
  additionalProperties: isSomeSchema,
  allOf: isList,
  anyOf: isList,
  enum: Array.isArray,
  exclusiveMaximum: isNumber,
  exclusiveMinimum: isNumber,
  format: isText,
  items: isSomeSchema,
  maxItems: isCount,
  maxLength: isCount,
  maxProperties: isCount,
  maximum: isNumber,
  minItems: isCount,
  minLength: isCount,
  minProperties: isCount,
  minimum: isNumber,
  multipleOf: (value) => isNumber(value) && (value as number) > 0,
  oneOf: isList,
  pattern: isText,
  prefixItems: isList,
  properties: isSchema,
  required: isTexts,
  type: (value) => (Array.isArray(value) ? isList(value) && value.every(isJsonType) : isJsonType(value)),
  uniqueItems: (value) => typeof value === 'boolean',
};

/** The first keyword whose value is none: to pass over it would be to hold an answer to less than was asked. */
export const misused = (schema: Schema): string | undefined =>
  Object.keys(VALUES).find((word) => Object.hasOwn(schema, word) && !VALUES[word]?.(schema[word]));
