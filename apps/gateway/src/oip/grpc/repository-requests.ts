import type { RepositoryModelLoadRequest, RepositoryModelUnloadRequest } from '@medserve/contracts/oip';
import { ServingError } from '@medserve/errors';
import type { ModelLoad } from '@medserve/rpc';
import { readLoad } from '../load-parameters';

type Loading = RepositoryModelLoadRequest | RepositoryModelUnloadRequest;

/**
 * The model that is meant: KServe's clients name it in field 1, which is Triton's repository.
 *
 * @throws ServingError `invalid_request` without a name in either field
 */
export function modelNameOf({ modelName, repositoryName }: Loading): string {
  const name = modelName === '' ? repositoryName : modelName;
  if (name === '') throw new ServingError('invalid_request', 'The model has no name.', { field: 'model_name' });
  return name;
}

/** @throws ServingError `invalid_request` without a name; as `readLoad` */
export function loadOf(request: RepositoryModelLoadRequest): ModelLoad {
  const parameters = Object.entries(request.parameters);
  return {
    name: modelNameOf(request),
    ...readLoad(
      parameters.map(([name, { parameterChoice }]) => [name, parameterChoice?.value] as const),
      (value) => (value instanceof Uint8Array ? value : undefined),
    ),
  };
}
