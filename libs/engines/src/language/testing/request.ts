import type { GenerationRequest, Sampling } from '@medserve/clinical';

export const GREEDY: Sampling = { temperature: 0, topP: 1, presencePenalty: 0, frequencyPenalty: 0 };

/** A question with everything else as it is by default. */
export const requestOf = (rest: Partial<GenerationRequest> = {}): GenerationRequest => ({
  turns: [{ role: 'user', parts: [{ kind: 'text', text: 'Is the heart enlarged?' }] }],
  sampling: GREEDY,
  stop: [],
  choices: 1,
  format: { kind: 'text' },
  tools: [],
  toolChoice: 'none',
  parallelToolCalls: true,
  ...rest,
});
