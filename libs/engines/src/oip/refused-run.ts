import { ServingError } from '@medserve/errors';
import { retryAfterMs } from '../pools/retry-after';

/** The failure that a caller is told of, for an answer other than 200. What the server says is not repeated. */
export function refusedRun(status: number, retryAfter: string | undefined): ServingError {
  switch (status) {
    case 401:
    case 403:
      return new ServingError('inference_failed', 'The pool refuses our key.', {
        remedy: 'Tell the operator: the key in the pools file is not the one that the servers know.',
      });
    case 404:
      return new ServingError('inference_failed', 'The servers of the pool do not have the model.', {
        remedy: 'Tell the operator: the package names a model that the pool does not serve.',
      });
    case 413:
      return new ServingError('too_large', 'The request is larger than the servers of the model take.');
    case 429:
    case 503:
      return new ServingError('overloaded', 'The servers of the pool take no requests at the moment.', {
        retryAfterMs: retryAfterMs(retryAfter),
      });
    default:
      return new ServingError('inference_failed', 'The model failed on this input.');
  }
}
