import { ServingError } from '@medserve/errors';
import { retryAfterMs } from './retry-after';

/**
 * What a caller is told of a server's answer other than 200 where its status alone says it; undefined where it does not. What the
 * server says is not repeated: it could hold what was asked.
 */
export function toldStatus(status: number, retryAfter: string | undefined): ServingError | undefined {
  switch (status) {
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
      return undefined;
  }
}
