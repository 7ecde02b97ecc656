import { z } from 'zod';

/*
 * The JSON form of Triton's ModelConfig (triton-inference-server/common, protobuf/model_config.proto), as far as it is understood
 * here. What says how a model is scheduled on hardware that is not here is taken along unread; what would change an answer is
 * read, or refused.
 */

const MAX_ENTRIES = 1_024;

/** 64-bit integers are texts in the JSON form of protobuf, and numbers in Triton's. */
const integer = z
  .union([z.number(), z.string().regex(/^-?[0-9]{1,15}$/)])
  .transform(Number)
  .pipe(z.int());

/** A field that may come more than once: absent, one, or many. */
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? (value as unknown[]) : [value]),
    z.array(item).max(MAX_ENTRIES),
  );

/** A map is a list of keys with values in the text format, and an object in JSON. */
const map = <T extends z.ZodType>(value: T) =>
  z.preprocess(
    (given) => {
      if (given === undefined) return {};
      const entries = Array.isArray(given) ? (given as unknown[]) : [given];
      const pairs = entries.map((entry) => {
        const { key, value: content, ...rest } = Object(entry) as Record<string, unknown>;
        return typeof key === 'string' && Object.keys(rest).length === 0 ? ([key, content ?? {}] as const) : undefined;
      });
      return pairs.every((pair) => pair !== undefined) ? Object.fromEntries(pairs) : given;
    },
    z.record(z.string(), value),
  );

const text = z.string().max(4_096);
const unread = z.looseObject({});

export const DATA_TYPES = [
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

const tensor = z.strictObject({
  name: text.min(1),
  data_type: z.enum(DATA_TYPES).or(z.literal('TYPE_INVALID')).optional(),
  format: text.optional(),
  dims: list(integer.pipe(z.int().min(-1))),
  reshape: unread.optional(),
  is_shape_tensor: z.boolean().optional(),
  allow_ragged_batch: z.boolean().optional(),
  optional: z.boolean().optional(),
  is_non_linear_format_io: z.boolean().optional(),
  label_filename: text.optional(),
});

const versionPolicy = z
  .strictObject({
    latest: z.strictObject({ num_versions: integer.pipe(z.int().min(1)).default(1) }).optional(),
    all: z.strictObject({}).optional(),
    specific: z.strictObject({ versions: list(integer.pipe(z.int().min(1))) }).optional(),
  })
  .refine((policy) => Object.values(policy).filter((choice) => choice !== undefined).length <= 1, {
    message: 'has to be one of latest, all and specific',
  });

export const modelConfigSchema = z.strictObject({
  name: text.optional(),
  platform: text.optional(),
  backend: text.optional(),
  runtime: text.optional(),
  version_policy: versionPolicy.optional(),
  max_batch_size: integer
    .pipe(
      z
        .int()
        .min(0)
        .max(2 ** 31 - 1),
    )
    .optional(),
  input: list(tensor),
  output: list(tensor),
  batch_input: list(unread),
  batch_output: list(unread),
  optimization: unread.optional(),
  dynamic_batching: z
    .looseObject({
      preferred_batch_size: list(integer.pipe(z.int().min(1))),
      max_queue_delay_microseconds: integer.pipe(z.int().min(0)).default(0),
    })
    .optional(),
  sequence_batching: unread.optional(),
  ensemble_scheduling: unread.optional(),
  instance_group: list(
    z.looseObject({
      name: text.optional(),
      kind: z.enum(['KIND_AUTO', 'KIND_GPU', 'KIND_CPU', 'KIND_MODEL']).default('KIND_AUTO'),
      count: integer.pipe(z.int().min(0).max(64)).default(1),
    }),
  ),
  default_model_filename: text.optional(),
  cc_model_filenames: map(text),
  metric_tags: map(text),
  parameters: map(z.strictObject({ string_value: text.default('') })),
  model_warmup: list(unread),
  model_operations: unread.optional(),
  model_transaction_policy: z.strictObject({ decoupled: z.boolean().default(false) }).optional(),
  model_repository_agents: unread.optional(),
  response_cache: z.strictObject({ enable: z.boolean().default(false) }).optional(),
  model_metrics: unread.optional(),
});

export type ModelConfig = z.infer<typeof modelConfigSchema>;
export type ConfigTensor = ModelConfig['input'][number];
export type VersionPolicy = NonNullable<ModelConfig['version_policy']>;
