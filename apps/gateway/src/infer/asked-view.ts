import { ServingError } from '@medserve/errors';
import { viewSchema, type InputFile } from '@medserve/imaging';
import type { InferenceRequest } from './inference-request';

/**
 * The files of a request with what of them is to be looked at, by `parameters.view`.
 *
 * @throws ServingError `invalid_request` naming the member that is not right
 */
export function filesAsked({ files, parameters }: InferenceRequest): readonly InputFile[] {
  const asked = parameters?.['view'];
  if (asked === undefined) return files;
  const view = viewSchema.safeParse(asked);
  if (view.success) return files.map((file) => ({ ...file, view: view.data }));
  const [issue] = view.error.issues;
  throw new ServingError('invalid_request', `The view is not one: ${issue?.message ?? 'unknown'}.`, {
    field: ['parameters', 'view', ...(issue?.path ?? []).map(String)].join('.'),
  });
}
