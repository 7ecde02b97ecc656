import { createHash } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import { decodeEvent, isRecordEvent } from '@medserve/events';
import { keyIdOf } from '../../content/sealed';
import type { Queryable } from '../../database/database';
import type { Findings } from './problem';

interface Row {
  readonly id: string;
  readonly result: Buffer;
  readonly leaf: Buffer;
}

/** Ids spread over all times: UUIDv7 ends in random bits, so ordering by a hash of them is a fair draw. */
const SAMPLE = `
SELECT request.id, request.result, ledger_entry.leaf
FROM request JOIN ledger_entry ON ledger_entry.event = request.final_event
WHERE request.tenant = $3 AND request.status = 'completed' AND request.result IS NOT NULL
ORDER BY hashtextextended(request.id::text, $2) LIMIT $1`;

/** The bytes that were sent, from those that are stored. @throws Error where they do not open */
export type OpenContent = (
  place: { readonly tenant: string; readonly request: string },
  stored: Buffer,
) => Promise<Buffer | 'shredded'>;

/** Without keys nothing can be said of what is sealed. */
const PLAIN_ONLY: OpenContent = (_place, stored) =>
  Promise.resolve(keyIdOf(stored) === undefined ? stored : 'shredded');

type Finding = 'same' | 'changed' | 'shredded';

async function compare(tenant: string, { id, result, leaf }: Row, open: OpenContent): Promise<Finding> {
  try {
    const event = decodeEvent(leaf);
    const sent = await open({ tenant, request: id }, result);
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

/** Draws results and compares the stored bytes with the hash in their record. */
export async function checkResults(
  client: Queryable,
  tenant: string,
  count: number,
  findings: Findings,
  open: OpenContent = PLAIN_ONLY,
): Promise<CheckedResults> {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const rows = await client.rows<Row>({ text: SAMPLE, values: [count, seed, tenant] });
  const compared = await Promise.all(rows.map((row) => compare(tenant, row, open)));
  const changed = rows[compared.indexOf('changed')];
  if (changed !== undefined) {
    const detail = 'The stored answer is not the one that was recorded.';
    findings.note({ kind: 'result', request: changed.id, detail });
  }
  const shredded = compared.filter((finding) => finding === 'shredded').length;
  return { count: rows.length - shredded, shredded };
}
