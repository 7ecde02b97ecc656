import type { InferenceSession } from 'onnxruntime-node';

/** For every session, so that what is measured when a package is published is what serves. */
export const sessionOptions = (threads: number): InferenceSession.SessionOptions => ({
  executionProviders: ['cpu'],
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  // Fatal only: an error is thrown as well, and its text holds values of the caller's tensors.
  logSeverityLevel: 4,
  // Spinning threads take the core from the thread that speaks gRPC.
  extra: { session: { intra_op: { allow_spinning: '0' } } },
});
