import { z } from 'zod';
import { DATA_TYPES, enumeration, flag, integer, list, map, text, textMap } from './config-values';
import { dynamicBatching, optimization, warmup } from './shown-fields';

/*
 * The JSON form of Triton's ModelConfig (triton-inference-server/common, protobuf/model_config.proto), as far as it is understood
 * here. What says how a model is scheduled on hardware that is not here is taken along unread; what would change an answer is
 * read, or refused.
 */

const unread = z.looseObject({});

const tensor = z.strictObject({
  name: text.min(1),
  data_type: enumeration(DATA_TYPES).optional(),
  format: enumeration(['FORMAT_NONE', 'FORMAT_NHWC', 'FORMAT_NCHW']).optional(),
  dims: list(integer.pipe(z.int().min(-1))),
  reshape: z.strictObject({ shape: list(integer.pipe(z.int().min(-1))) }).optional(),
  is_shape_tensor: flag.optional(),
  allow_ragged_batch: flag.optional(),
  optional: flag.optional(),
  is_non_linear_format_io: flag.optional(),
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
  optimization: optimization.or(unread).optional(),
  dynamic_batching: dynamicBatching.optional(),
  sequence_batching: unread.optional(),
  ensemble_scheduling: unread.optional(),
  instance_group: list(
    z.looseObject({
      name: text.optional(),
      kind: enumeration(['KIND_AUTO', 'KIND_GPU', 'KIND_CPU', 'KIND_MODEL']).default('KIND_AUTO'),
      count: integer.pipe(z.int().min(0).max(64)).default(1),
    }),
  ),
  default_model_filename: text.optional(),
  cc_model_filenames: textMap,
  metric_tags: textMap,
  parameters: map(z.strictObject({ string_value: text.default('') })),
  model_warmup: list(warmup.or(unread)),
  model_operations: unread.optional(),
  model_transaction_policy: z.strictObject({ decoupled: flag.default(false) }).optional(),
  model_repository_agents: unread.optional(),
  response_cache: z.strictObject({ enable: flag.default(false) }).optional(),
  model_metrics: unread.optional(),
});

export type ModelConfig = z.infer<typeof modelConfigSchema>;
export type ConfigTensor = ModelConfig['input'][number];
export type VersionPolicy = NonNullable<ModelConfig['version_policy']>;
