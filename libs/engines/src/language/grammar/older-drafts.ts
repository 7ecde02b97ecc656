import type { Schema } from './schema-keywords';

/** A bound that draft 4 makes exclusive by a word of its own. */
function withoutFlag(
  schema: Schema,
  flag: 'exclusiveMinimum' | 'exclusiveMaximum',
  bound: 'minimum' | 'maximum',
): Schema {
  const { [flag]: isExclusive, ...rest } = schema;
  if (typeof isExclusive !== 'boolean') return schema;
  const { [bound]: value, ...others } = rest;
  return isExclusive && value !== undefined ? { ...others, [flag]: value } : rest;
}

/** A list of `items` says what the first items are, and `additionalItems` what the others (drafts 4 to 2019-09). */
function withPrefix(schema: Schema): Schema {
  const { items, additionalItems, ...rest } = schema;
  if (!Array.isArray(items)) return schema;
  return {
    ...rest,
    ...(items.length > 0 ? { prefixItems: items as unknown[] } : {}),
    ...(additionalItems === undefined ? {} : { items: additionalItems }),
  };
}

/**
 * The schema in the words of 2020-12, whatever draft it says that it is of: most say nothing. What was spelt otherwise before means
 * nothing now, so that no schema is read as another one.
 */
export const inWordsOfToday = (schema: Schema): Schema =>
  withPrefix(withoutFlag(withoutFlag(schema, 'exclusiveMinimum', 'minimum'), 'exclusiveMaximum', 'maximum'));
