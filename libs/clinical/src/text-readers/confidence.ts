import type { TextReading } from './text-reader';

/**
 * `tokenProbability`: the geometric mean of the probabilities of the tokens of an answer, which is the inverse of its perplexity.
 * It says how sure the model was of its words, not how often such answers are right: it is not calibrated. Nothing where the
 * engine gave no log probabilities.
 */
export function confidenceOf({ logprobs = [] }: Pick<TextReading, 'logprobs'>): Readonly<Record<string, number>> {
  if (logprobs.length === 0) return {};
  const mean = logprobs.reduce((sum, { logprob }) => sum + logprob, 0) / logprobs.length;
  return { tokenProbability: Number(Math.exp(mean).toFixed(4)) };
}
