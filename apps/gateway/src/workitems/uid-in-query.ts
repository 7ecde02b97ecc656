import { ServingError } from '@medserve/errors';
import { isUid } from '@medserve/imaging';
import { parseUid } from '../dicomweb/parse-uid';

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A UID in the query: by its name, or alone, as the standard writes it (`?1.2.3`). @throws ServingError `invalid_request` */
export function uidIn(query: Query, names: readonly string[], field: string): string | undefined {
  const uid = names.map((name) => query[name]).find((value) => value !== undefined) ?? aloneIn(query, names);
  if (uid === undefined) return undefined;
  if (typeof uid !== 'string') {
    throw new ServingError('invalid_request', 'The parameter stands there more than once.', { field });
  }
  return parseUid(uid, field);
}

/** What stands there without a value. Where none of it is a UID, it is not passed over: the workitem would have one that nobody chose. */
function aloneIn(query: Query, names: readonly string[]): string | readonly string[] | undefined {
  const alone = Object.entries(query).flatMap(([name, value]) =>
    names.includes(name) ? [] : [value].flat().flatMap((one) => (one === '' ? [name] : [])),
  );
  const uids = alone.filter(isUid);
  return uids.length > 1 ? uids : (uids[0] ?? alone[0]);
}
