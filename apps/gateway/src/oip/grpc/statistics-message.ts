import type { ModelStatistics as ModelStatisticsMessage } from '@medserve/contracts/oip';
import type { ModelStatistics } from '../ports';

/** `ModelStatistics` of the protocol. */
export const statisticsMessage = (model: ModelStatistics): ModelStatisticsMessage => ({
  name: model.name,
  version: model.version,
  lastInference: model.lastInferenceMs,
  inferenceCount: model.inferenceCount,
  executionCount: model.executionCount,
  inferenceStats: {
    success: model.success,
    fail: model.fail,
    queue: model.queue,
    computeInput: model.computeInput,
    computeInfer: model.computeInfer,
    computeOutput: model.computeOutput,
    cacheHit: model.cacheHit,
    cacheMiss: model.cacheMiss,
  },
  batchStats: model.batches.map(({ rows, ...durations }) => ({ batchSize: rows, ...durations })),
  memoryUsage: [{ type: 'CPU', id: 0, byteSize: model.memoryBytes }],
  responseStats: {},
});
