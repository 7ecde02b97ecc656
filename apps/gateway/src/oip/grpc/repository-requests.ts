import type { RepositoryModelLoadRequest, RepositoryModelUnloadRequest } from '@medserve/contracts/oip';
import { ServingError } from '@medserve/errors';

type Loading = RepositoryModelLoadRequest | RepositoryModelUnloadRequest;

const FILE = 'file:';

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

export interface Load {
  readonly name: string;
  readonly configJson?: string;
  /** By path inside the model's folder. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

/** @throws ServingError `invalid_request` for a parameter that is neither `config` (a text) nor `file:PATH` (bytes) */
export function loadOf(request: RepositoryModelLoadRequest): Load {
  const files: [string, Uint8Array][] = [];
  let configJson: string | undefined;
  for (const [name, { parameterChoice }] of Object.entries(request.parameters)) {
    if (name === 'config' && parameterChoice?.$case === 'stringParam') configJson = parameterChoice.value;
    else if (name.startsWith(FILE) && parameterChoice?.$case === 'bytesParam') {
      files.push([name.slice(FILE.length), parameterChoice.value]);
    } else {
      throw new ServingError(
        'invalid_request',
        'A model is loaded with the parameters config, a text, and file:PATH, bytes.',
        {
          field: 'parameters',
        },
      );
    }
  }
  return {
    name: modelNameOf(request),
    ...(configJson === undefined ? {} : { configJson }),
    // A path may be any text, `__proto__` too.
    ...(files.length === 0 ? {} : { files: Object.fromEntries(files) }),
  };
}
