import { ServingError } from '@medserve/errors';
import { z } from 'zod';
import { retryAfterMs } from '../pools/retry-after';

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
      limit: `context tokens: ${String(contextTokens)}`,
      remedy: 'Send a shorter conversation or fewer images, or ask for a shorter answer.',
    });
  }
  return new ServingError('invalid_request', 'The servers of the model do not take this request.', {
    remedy: 'Leave out options that the model does not offer; the operator can look at the log of its servers.',
  });
}

/** The failure that a caller is told of, for an answer other than 200, or an error within a stream. */
export function upstreamFailure({ status, retryAfter, body }: UpstreamFailure, context: FailureContext): ServingError {
  switch (status) {
    case 400:
    case 422:
      return refusal(body, context);
    case 401:
    case 403:
      return new ServingError('inference_failed', 'The pool refuses our key.', {
        remedy: 'Tell the operator: the key in the pools file is not the one that the servers know.',
      });
    case 404:
      return new ServingError('inference_failed', 'The servers of the pool do not have the model or adapter.', {
        remedy: 'Tell the operator: the package or its adapters name a model that the pool does not serve.',
      });
    case 413:
      return new ServingError('too_large', 'The request is larger than the servers of the model take.');
    case 429:
    case 503:
      return new ServingError('overloaded', 'The servers of the pool take no requests at the moment.', {
        retryAfterMs: retryAfterMs(retryAfter),
      });
    default:
      if (status >= 300 && status < 400) {
        return new ServingError(
          'inference_failed',
          'A server of the pool answers with a redirect, which is not followed.',
        );
      }
      return new ServingError('inference_failed', 'A server of the pool failed under the request.');
  }
}

/** The failure in an event of a stream, whose status is in the event at best. */
export function failureInStream(body: unknown, context: FailureContext): ServingError {
  const { code } = bodySchema.parse(body);
  const status = Number(code);
  const isStatus = Number.isInteger(status) && status >= 400 && status < 600;
  return upstreamFailure({ status: code === 'context_length_exceeded' ? 400 : isStatus ? status : 500, body }, context);
}
