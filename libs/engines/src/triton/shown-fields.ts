import { z } from 'zod';
import { DATA_TYPES, enumeration, flag, integer, list, map, repeated, text, textMap } from './config-values';

/*
 * Messages of a ModelConfig (triton-inference-server/common, protobuf/model_config.proto) that nothing here goes by, and that
 * are shown as they were given. They are read so far that they are shown in protobuf's JSON mapping, which clients parse:
 * what repeats, what is a map and what is an enum. Fields that are not known are taken along; nobody can say what they are.
 */

const shapes = map(z.looseObject({ dim: repeated(integer).optional() })).optional();

const accelerators = repeated(z.looseObject({ name: text.optional(), parameters: textMap.optional() })).optional();

const switchable = z.looseObject({ enable: flag.optional() }).optional();

/** `ModelOptimizationPolicy`. */
export const optimization = z.looseObject({
  graph: z.looseObject({ level: integer.optional() }).optional(),
  priority: enumeration(['PRIORITY_DEFAULT', 'PRIORITY_MAX', 'PRIORITY_MIN']).optional(),
  cuda: z
    .looseObject({
      graphs: flag.optional(),
      busy_wait_events: flag.optional(),
      graph_spec: repeated(
        z.looseObject({
          batch_size: integer.optional(),
          input: shapes,
          graph_lower_bound: z.looseObject({ batch_size: integer.optional(), input: shapes }).optional(),
        }),
      ).optional(),
      output_copy_stream: flag.optional(),
    })
    .optional(),
  execution_accelerators: z
    .looseObject({ gpu_execution_accelerator: accelerators, cpu_execution_accelerator: accelerators })
    .optional(),
  input_pinned_memory: switchable,
  output_pinned_memory: switchable,
  gather_kernel_buffer_threshold: integer.optional(),
  eager_batching: flag.optional(),
});

const queuePolicy = z.looseObject({
  timeout_action: enumeration(['REJECT', 'DELAY']).optional(),
  default_timeout_microseconds: integer.optional(),
  allow_timeout_override: flag.optional(),
  max_queue_size: integer.optional(),
});

/** `ModelDynamicBatching`: its first two fields are gone by. */
export const dynamicBatching = z.looseObject({
  preferred_batch_size: list(integer.pipe(z.int().min(1))),
  max_queue_delay_microseconds: integer.pipe(z.int().min(0)).default(0),
  preserve_ordering: flag.optional(),
  priority_levels: integer.optional(),
  default_priority_level: integer.optional(),
  default_queue_policy: queuePolicy.optional(),
  priority_queue_policy: map(queuePolicy).optional(),
});

/** `ModelWarmup`. */
export const warmup = z.looseObject({
  name: text.optional(),
  batch_size: integer.optional(),
  inputs: map(
    z.looseObject({
      data_type: enumeration(DATA_TYPES).optional(),
      dims: repeated(integer).optional(),
      zero_data: flag.optional(),
      random_data: flag.optional(),
      input_data_file: text.optional(),
    }),
  ).optional(),
  count: integer.optional(),
});
