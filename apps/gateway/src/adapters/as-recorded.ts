import { hash } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import { isSealed, PROBLEM, RESULT_TYPES, type ContentVault, type RecordStore } from '@medserve/storage';

type Stored = NonNullable<Awaited<ReturnType<RecordStore['find']>>>;

/** Its parts of the storage. */
export interface RecordParts {
  readonly store: Pick<RecordStore, 'endOnRecord'>;
  readonly vault: Pick<ContentVault, 'open'>;
}

const another = (): ServingError =>
  new ServingError('internal', 'What is stored of this request is not what was recorded of it.', {
    remedy: 'Tell the operator: "medserve audit verify" says what was changed.',
  });

/**
 * What is stored of an ended request, opened, where the record says the same of how it ended and what left. Who can write the
 * table cannot put words of their own there, nor have an answer pass for a failure or for none.
 *
 * A sealed answer is nobody's but ours, also where the record is not there any more: months are deleted when their time is over. What
 * is plain is then given out no more, but for answers of the time before they were sealed.
 *
 * @throws ServingError `internal` where it is another than on record; `result_shredded`, `unavailable`
 */
export async function asRecorded(
  { store, vault }: RecordParts,
  place: { readonly tenant: string; readonly request: string },
  { status, result, isOfBeforeSealing }: Stored,
): Promise<Pick<Stored, 'status' | 'result'>> {
  const recorded = await store.endOnRecord(place.tenant, place.request);
  if (recorded !== undefined && recorded.event !== status) throw another();
  if (result === undefined) {
    if (recorded?.outputSha256 !== undefined) throw another();
    return { status };
  }
  const isProblem = result.contentType === PROBLEM;
  if (!RESULT_TYPES[status].includes(result.contentType)) throw another();
  if (isProblem && isSealed(result.bytes)) throw another();
  if (isProblem && recorded === undefined && isOfBeforeSealing !== true) return { status };
  const bytes = await vault.open(place, result.bytes, isProblem || isOfBeforeSealing === true);
  if (recorded !== undefined && recorded.outputSha256 !== hash('sha256', bytes)) throw another();
  return { status, result: { ...result, bytes } };
}
