import type { TokenLogprob } from '@medserve/clinical';
import { expOf } from './exponential';
import type { Tokenizer } from '../text/tokenizer';

/** JSON has no infinity; OpenAI tells this of a token that was all but impossible. */
const IMPOSSIBLE = -9_999;

const utf8 = new TextDecoder();

/**
 * The log probability of a token, and those of the most likely in its place: log-softmax of the model's own logits, before bias,
 * penalties, temperature and what a format rules out (as vLLM does by default, `logprobs_mode=raw_logprobs`). So they say what
 * the model believed, not how it was made to choose.
 *
 * @param logits as the model gave them
 * @param size of the vocabulary; what a row has beyond it is no token
 * @param top how many of the most likely tokens are told; of equal ones the lowest ids
 */
export function tokenLogprob(
  logits: Float32Array,
  size: number,
  id: number,
  top: number,
  tokenizer: Tokenizer,
): TokenLogprob {
  let highest = -Infinity;
  for (let at = 0; at < size; at += 1) if ((logits[at] as number) > highest) highest = logits[at] as number;
  let sum = 0;
  for (let at = 0; at < size; at += 1) sum += expOf((logits[at] as number) - highest);
  const norm = highest + Math.log(sum);
  const entryOf = (token: number): Omit<TokenLogprob, 'top'> => {
    const bytes = tokenizer.bytesOf(token);
    return {
      token: bytes.length > 0 ? utf8.decode(bytes) : (tokenizer.nameOf(token) ?? ''),
      logprob: Math.min(0, Math.max((logits[token] as number) - norm, IMPOSSIBLE)),
      bytes: Array.from(bytes),
    };
  };
  return { ...entryOf(id), top: topOf(logits, size, top).map(entryOf) };
}

/** Ids of the highest, best first. */
function topOf(logits: Float32Array, size: number, top: number): number[] {
  const ids: number[] = [];
  if (top === 0) return ids;
  let lowest = -Infinity;
  for (let id = 0; id < size; id += 1) {
    const logit = logits[id] as number;
    if (ids.length === top && !(logit > lowest)) continue;
    let at = ids.length;
    while (at > 0 && (logits[ids[at - 1] as number] as number) < logit) at -= 1;
    ids.splice(at, 0, id);
    if (ids.length > top) ids.pop();
    lowest = logits[ids[ids.length - 1] as number] as number;
  }
  return ids;
}
