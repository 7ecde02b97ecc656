import { createHash } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import { decodeEvent, isRecordEvent, type LedgerEvent } from '@medserve/events';
import { isSealed, keyIdOf } from '../../content/sealed';
import type { Queryable } from '../../database/database';
import { RESULT_TYPES } from '../../records/result-types';
import type { Findings } from './problem';

interface Row {
  readonly id: string;
  readonly result: Buffer;
  readonly isOfBefore: boolean;
  readonly leaf: Buffer;
}

/** Requests of which the log says that something left; the hash of it stands in the entry, and nowhere else in its bytes. */
const OF_ENDED = `
FROM request JOIN ledger_entry ON ledger_entry.event = request.final_event
WHERE request.tenant = $1 AND position('"outputSha256":"'::bytea IN leaf) > 0`;

/** Ids spread over all times: UUIDv7 ends in random bits, so ordering by a hash of them is a fair draw. */
const SAMPLE = `
SELECT request.id, request.result, request.accepted_at < medserve_sealed_since() AS "isOfBefore", ledger_entry.leaf
${OF_ENDED} AND request.result IS NOT NULL
ORDER BY hashtextextended(request.id::text, $3) LIMIT $2`;

/** Requests whose stored answer is not there, or is of a kind that none of its kind of end has. */
const UNFIT = `
SELECT request.id ${OF_ENDED}
  AND (request.result IS NULL OR request.content_type IS NULL OR NOT $2::jsonb -> request.status ? request.content_type)
ORDER BY request.id LIMIT 1`;

/** The bytes that were sent, from those that are stored. @throws Error where they do not open */
export type OpenContent = (
  place: { readonly tenant: string; readonly request: string },
  stored: Buffer,
) => Promise<Buffer | 'shredded'>;

/** Without keys nothing can be said of what is sealed. */
const PLAIN_ONLY: OpenContent = (_place, stored) =>
  Promise.resolve(keyIdOf(stored) === undefined ? stored : 'shredded');

type Finding = 'same' | 'changed' | 'plain' | 'shredded';

/** An answer is sealed since answers are; a problem never is. */
const mayBePlain = (event: LedgerEvent, isOfBefore: boolean): boolean => isOfBefore || event.event !== 'completed';

async function compare(
  tenant: string,
  { id, result, isOfBefore, leaf }: Row,
  open: OpenContent | undefined,
): Promise<Finding> {
  try {
    const event = decodeEvent(leaf);
    if (open !== undefined && !isSealed(result) && !mayBePlain(event, isOfBefore)) return 'plain';
    const sent = await (open ?? PLAIN_ONLY)({ tenant, request: id }, result);
    if (sent === 'shredded') return sent;
    const hash = createHash('sha256').update(sent).digest('hex');
    return isRecordEvent(event) && event.outputSha256 === hash ? 'same' : 'changed';
  } catch (error) {
    if (error instanceof ServingError && error.reason === 'unavailable') throw error;
    return 'changed';
  }
}

export interface CheckedResults {
  readonly count: number;
  /** How many more could not be compared, because their key was destroyed or none was given. */
  readonly shredded: number;
}

const DETAILS = {
  changed: 'The stored answer is not the one that was recorded.',
  plain: 'The stored answer is not sealed, though it is of a time when answers are.',
} as const;

/** Looks whether every recorded answer is there, draws some, and compares the stored bytes with the hash in their record. */
export async function checkResults(
  client: Queryable,
  tenant: string,
  count: number,
  findings: Findings,
  open?: OpenContent,
): Promise<CheckedResults> {
  const unfit = await client.rows<{ id: string }>({ text: UNFIT, values: [tenant, JSON.stringify(RESULT_TYPES)] });
  for (const { id } of unfit) {
    const detail = 'The stored answer is missing, or is of no kind that it could be.';
    findings.note({ kind: 'result', request: id, detail });
  }
  const seed = Math.floor(Math.random() * 2 ** 31);
  const rows = await client.rows<Row>({ text: SAMPLE, values: [tenant, count, seed] });
  const compared = await Promise.all(rows.map((row) => compare(tenant, row, open)));
  for (const finding of ['changed', 'plain'] as const) {
    const bad = rows[compared.indexOf(finding)];
    if (bad !== undefined) findings.note({ kind: 'result', request: bad.id, detail: DETAILS[finding] });
  }
  const shredded = compared.filter((finding) => finding === 'shredded').length;
  return { count: rows.length - shredded, shredded };
}
