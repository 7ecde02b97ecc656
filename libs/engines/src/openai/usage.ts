import type { GenerationRequest, TokenUsage } from '@medserve/clinical';
import type { ChatChunk } from './chat-chunk';

/** Of texts in a European language; about right where a server does not count. */
const BYTES_PER_TOKEN = 4;

export interface Counted {
  readonly request: GenerationRequest;
  /** Tokens that its images stand for, by the package. */
  readonly imageTokens: number;
  /** Chunks with words that came. */
  readonly written: number;
  readonly told: ChatChunk['usage'];
}

const promptBytes = ({ turns }: GenerationRequest): number =>
  turns
    .flatMap(({ parts }) => parts)
    .reduce((sum, part) => sum + (part.kind === 'text' ? Buffer.byteLength(part.text) : 0), 0);

/** Tokens as the server counted them; where it does not, as they can be estimated. */
export function usageOf({ request, imageTokens, written, told }: Counted): TokenUsage {
  const prompt = told?.prompt_tokens ?? Math.ceil(promptBytes(request) / BYTES_PER_TOKEN) + imageTokens;
  return {
    prompt,
    completion: told?.completion_tokens ?? written,
    cached: Math.min(prompt, told?.prompt_tokens_details?.cached_tokens ?? 0),
    image: Math.min(prompt, imageTokens),
  };
}
