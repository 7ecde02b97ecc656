import { ServingError } from '@medserve/errors';

/** Names and versions as they stand in a path, percent-decoded by the router. */
export interface ModelPath {
  readonly name: string;
  readonly version?: string;
}

/** A version in a path is a number (Triton). @throws ServingError `invalid_request` */
export function modelOf({ name, version }: ModelPath): { readonly name: string; readonly version: string | undefined } {
  if (version !== undefined && !/^\d{1,18}$/.test(version)) {
    throw new ServingError('invalid_request', 'The version in the path is not a number.', { field: 'version' });
  }
  return { name, version };
}

/** There is one repository, which has no name. @throws ServingError `unsupported` */
export function refuseRepositoryName(repository: string | undefined): void {
  if (repository === undefined) return;
  throw new ServingError('unsupported', 'Repositories have no names here: leave the name out of the path.', {
    field: 'repository',
  });
}

/** Paths below a model, with and without a version. */
export const modelPaths = (rest = ''): string[] => [
  `v2/models/:name${rest}`,
  `v2/models/:name/versions/:version${rest}`,
];
