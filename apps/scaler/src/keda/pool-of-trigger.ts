import type { ScaledObjectRef } from '@medserve/contracts/keda';
import { ServingError } from '@medserve/errors';

const FIELD = 'scalerMetadata.pool';

/**
 * The pool that the trigger of a ScaledObject names.
 *
 * @throws ServingError `invalid_request` for a trigger that names none; `not_found` for one that the fleet does not have
 */
export function poolOfTrigger<Pool>(ref: ScaledObjectRef | undefined, find: (name: string) => Pool | undefined): Pool {
  const name = ref?.scalerMetadata['pool'] ?? '';
  if (name === '')
    throw new ServingError('invalid_request', 'The metadata of the trigger has no field "pool".', {
      field: FIELD,
      remedy: 'Name a pool of the fleet file under triggers[].metadata.pool of the ScaledObject.',
    });
  const pool = find(name);
  if (pool === undefined)
    throw new ServingError('not_found', 'The field "pool" in the metadata of the trigger names no pool of the fleet.', {
      field: FIELD,
      remedy: 'Name a pool of the fleet file that the scaler reads.',
    });
  return pool;
}
