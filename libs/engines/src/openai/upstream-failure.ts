import { RUN_LOST, ServingError } from '@medserve/errors';
import { z } from 'zod';
import { toldStatus } from '../pools/told-status';

/* What servers say of a failure may repeat the prompt: their texts are looked at and never passed on. */

const text = z.string().max(65_536).catch('');

const saidSchema = z
  .looseObject({ message: text, type: text, code: z.union([z.string(), z.number()]).nullable().catch(null) })
  .catch({ message: '', type: '', code: null });

/** Both shapes: `{error: {...}}`, and vLLM's `{object: "error", ...}`. */
const bodySchema = z
  .looseObject({ error: z.unknown().optional() })
  .transform((body) => saidSchema.parse(body.error ?? body))
  .catch({ message: '', type: '', code: null });

const CONTEXT =
  /context (?:length|window|size)|maximum (?:model|input|sequence) length|max_model_len|too many tokens|longer than/i;

const CONTEXT_LIMIT = 'context tokens: ';

/** Whether prompt and answer together are what a server refused. */
export const exceedsContext = ({ reason, limit = '' }: ServingError): boolean =>
  reason === 'invalid_request' && limit.startsWith(CONTEXT_LIMIT);

/** What a failure is judged by. */
export interface UpstreamFailure {
  readonly status: number;
  /** `Retry-After` as it came. */
  readonly retryAfter?: string | undefined;
  /** The parsed body; anything. */
  readonly body: unknown;
}

export interface FailureContext {
  /** Tokens that prompt and answer may have together, by the package. */
  readonly contextTokens: number;
}

function refusal(body: unknown, { contextTokens }: FailureContext): ServingError {
  const { message, type, code } = bodySchema.parse(body);
  if (code === 'context_length_exceeded' || CONTEXT.test(message) || CONTEXT.test(type)) {
    return new ServingError('invalid_request', 'The prompt and the answer asked for exceed the context of the model.', {
      field: 'messages',
      limit: `${CONTEXT_LIMIT}${String(contextTokens)}`,
      remedy: 'Send a shorter conversation or fewer images, or ask for a shorter answer.',
    });
  }
  return new ServingError('invalid_request', 'The servers of the model do not take this request.', {
    remedy: 'Leave out options that the model does not offer; the operator can look at the log of its servers.',
  });
}

/** The failure that a caller is told of, for an answer other than 200, or an error within a stream. */
export function upstreamFailure({ status, retryAfter, body }: UpstreamFailure, context: FailureContext): ServingError {
  if (status === 400 || status === 422) return refusal(body, context);
  const told = toldStatus(status, retryAfter);
  if (told !== undefined) return told;
  return status >= 300 && status < 400
    ? new ServingError('inference_failed', 'A server of the pool answers with a redirect, which is not followed.')
    : new ServingError('inference_failed', 'A server of the pool failed under the request.', RUN_LOST);
}

/** The failure in an event of a stream, whose status is in the event at best. */
export function failureInStream(body: unknown, context: FailureContext): ServingError {
  const { code } = bodySchema.parse(body);
  const status = Number(code);
  const isStatus = Number.isInteger(status) && status >= 400 && status < 600;
  return upstreamFailure({ status: code === 'context_length_exceeded' ? 400 : isStatus ? status : 500, body }, context);
}
