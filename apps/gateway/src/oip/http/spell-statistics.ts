import type { ModelStatistics } from '../ports';

/** Statistics as the extension spells them in JSON. */
export const spellStatistics = (statistics: readonly ModelStatistics[]) => ({ model_stats: statistics.map(spell) });

const spell = (model: ModelStatistics) => ({
  name: model.name,
  version: model.version,
  last_inference: model.lastInferenceMs,
  inference_count: model.inferenceCount,
  execution_count: model.executionCount,
  inference_stats: {
    success: model.success,
    fail: model.fail,
    queue: model.queue,
    compute_input: model.computeInput,
    compute_infer: model.computeInfer,
    compute_output: model.computeOutput,
    cache_hit: model.cacheHit,
    cache_miss: model.cacheMiss,
  },
  response_stats: {},
  batch_stats: model.batches.map(({ rows, computeInput, computeInfer, computeOutput }) => ({
    batch_size: rows,
    compute_input: computeInput,
    compute_infer: computeInfer,
    compute_output: computeOutput,
  })),
  memory_usage: model.memoryBytes === 0 ? [] : [{ type: 'CPU', id: 0, byte_size: model.memoryBytes }],
});
