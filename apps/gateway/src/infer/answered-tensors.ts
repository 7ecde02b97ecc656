import { ServingError } from '@medserve/errors';
import { errorOfProblem, PROBLEM_TYPE } from '../http/problem';
import type { Ended, Prepared } from './prepared';

/**
 * The tensors that a request for tensors ended in, and the model that gave them. The record holds their hashes only, so that
 * what is read back from it has none.
 *
 * @throws ServingError that the request ended in; where its tensors are gone, `idempotency_key_reused`, or `unavailable` without
 *   a key: then the record could not say in time that it has the answer
 */
export function answeredTensors(
  ended: Ended,
  { idempotencyKey }: Pick<Prepared, 'idempotencyKey'>,
): Required<Pick<Ended, 'tensors' | 'model'>> {
  const { contentType, tensors, model } = ended;
  if (contentType === PROBLEM_TYPE) throw errorOfProblem(ended);
  if (tensors !== undefined && model !== undefined) return { tensors, model };
  if (idempotencyKey === undefined) {
    throw new ServingError(
      'unavailable',
      'The answer is on record by its hashes; its tensors were lost on the way there.',
    );
  }
  throw new ServingError('idempotency_key_reused', 'The request of this key has ended; its record holds no tensors.', {
    field: 'Idempotency-Key',
    remedy: 'Send the request with another key; GET /v1/results/{id} shows what was answered then, by its hashes.',
  });
}
