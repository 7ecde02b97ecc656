import { ServingError } from '@medserve/errors';

/** Where a schema came from, as the caller spells it. */
export type SchemaField = 'response_format' | 'tools';

/** A schema that an answer cannot be held to: known before anything is written. */
export function refuseSchema(
  keyword: string,
  field: SchemaField,
  why = 'cannot be enforced while an answer is written',
): ServingError {
  return new ServingError('invalid_request', `The schema's "${keyword}" ${why}.`, {
    field,
    remedy: 'Leave the keyword out, and check it when the answer is there.',
  });
}

export const refuseUnsatisfiable = (field: SchemaField): ServingError =>
  new ServingError('invalid_request', 'No answer that this model can write fits the schema.', { field });
