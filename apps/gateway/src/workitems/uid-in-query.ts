import { ServingError } from '@medserve/errors';
import { parseUid } from '../dicomweb/parse-uid';

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A UID in the query: by its name, or alone, as the standard writes it (`?1.2.3`). @throws ServingError `invalid_request` */
export function uidIn(query: Query, names: readonly string[], field: string): string | undefined {
  // Something else in the place of the UID is not passed over: the workitem would have one that nobody chose.
  const [alone] = Object.keys(query).filter((name) => query[name] === '' && !names.includes(name));
  const named = names.map((name) => query[name]).find((value) => value !== undefined);
  const uid = named ?? alone;
  if (uid === undefined) return undefined;
  if (typeof uid !== 'string') {
    throw new ServingError('invalid_request', 'The parameter stands there more than once.', { field });
  }
  return parseUid(uid, field);
}
