import { z } from 'zod';

/*
 * Values of a ModelConfig, which comes in two spellings: protobuf's text format (config.pbtxt) and its JSON mapping (load
 * requests). What is read has the shape of the JSON mapping, whichever it was: arrays for repeated fields, objects for
 * maps, names for values of enums (protobuf.dev, "ProtoJSON Format").
 */

const MAX_ENTRIES = 1_024;

/** 64-bit integers are texts in the JSON form of protobuf, and numbers in Triton's. */
export const integer = z
  .union([z.number(), z.string().regex(/^-?[0-9]{1,15}$/)])
  .transform(Number)
  .pipe(z.int());

export const text = z.string().max(4_096);

/** `DataType`, in the order of its numbers. */
export const DATA_TYPES = [
  'TYPE_INVALID',
  'TYPE_BOOL',
  'TYPE_UINT8',
  'TYPE_UINT16',
  'TYPE_UINT32',
  'TYPE_UINT64',
  'TYPE_INT8',
  'TYPE_INT16',
  'TYPE_INT32',
  'TYPE_INT64',
  'TYPE_FP16',
  'TYPE_FP32',
  'TYPE_FP64',
  'TYPE_STRING',
  'TYPE_BF16',
] as const;

/** The text format has several words for each (protobuf.dev, "Text Format Language Specification"). */
const FLAGS = new Map<unknown, boolean>([
  [1, true],
  ['t', true],
  [0, false],
  ['f', false],
]);
export const flag = z.preprocess((value) => FLAGS.get(value) ?? value, z.boolean());

/** @param names in the order of their numbers, from 0: a value may be given by either */
export const enumeration = <const Names extends readonly string[]>(names: Names) =>
  z.preprocess((value) => (typeof value === 'number' ? names[value] : value), z.enum(names));

/** A field that may come more than once: one, or many. The text format gives one that comes once as it is. */
export const repeated = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? (value as unknown) : [value]),
    z.array(item).max(MAX_ENTRIES),
  );

/** The same, empty where it is not given. */
export const list = <T extends z.ZodType>(item: T) => z.preprocess((value) => value ?? [], repeated(item));

const isKey = (key: unknown): key is string | number => typeof key === 'string' || typeof key === 'number';

/** What an entry says that leaves one of its fields out: as any message, the default of the field. */
const ABSENT_KEY = '';

/**
 * A map is a list of entries with `key` and `value`, of which either may be left out (protobuf.dev, "Maps"); one alone is no list.
 *
 * @param absent the value of an entry without one
 */
export const map = <T extends z.ZodType>(value: T, absent: unknown = {}) =>
  z.preprocess(
    (given) => {
      if (given === undefined) return {};
      const entries = Array.isArray(given) ? (given as unknown[]) : [given];
      const pairs = entries.map((entry) => {
        const { key = ABSENT_KEY, value: content = absent, ...rest } = Object(entry) as Record<string, unknown>;
        return isKey(key) && Object.keys(rest).length === 0 ? ([String(key), content] as const) : undefined;
      });
      return pairs.every((pair) => pair !== undefined) ? Object.fromEntries(pairs) : given;
    },
    z.record(z.string(), value),
  );

/** One whose values are texts. */
export const textMap = map(text, '');
