import { ServingError } from '@medserve/errors';
import { isUid } from '@medserve/imaging';

/** A UID of a path (PS3.5 9.1). @throws ServingError `invalid_request` */
export function parseUid(text: string, field: string): string {
  if (isUid(text)) return text;
  throw new ServingError('invalid_request', 'The path has something in the place of a UID that is none.', { field });
}
