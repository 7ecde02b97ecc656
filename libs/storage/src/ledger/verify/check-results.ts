import { createHash } from 'node:crypto';
import { decodeEvent, isRecordEvent } from '@medserve/events';
import type { Queryable } from '../../database/database';
import type { Problem } from './problem';

interface Row {
  readonly id: string;
  readonly result: Buffer;
  readonly leaf: Buffer;
}

/** Ids spread over all times: UUIDv7 ends in random bits, so ordering by a hash of them is a fair draw. */
const SAMPLE = `
SELECT request.id, request.result, ledger_entry.leaf
FROM request JOIN ledger_entry ON ledger_entry.event = request.final_event
WHERE request.status = 'completed' AND request.result IS NOT NULL
ORDER BY hashtextextended(request.id::text, $2) LIMIT $1`;

function isAsRecorded({ result, leaf }: Row): boolean {
  try {
    const event = decodeEvent(leaf);
    return isRecordEvent(event) && event.outputSha256 === createHash('sha256').update(result).digest('hex');
  } catch {
    return false;
  }
}

/** Draws results and compares the stored bytes with the hash in their record. */
export async function checkResults(client: Queryable, count: number) {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const rows = await client.rows<Row>({ text: SAMPLE, values: [count, seed] });
  const changed = rows.find((row) => !isAsRecorded(row));
  const problems: Problem[] =
    changed === undefined
      ? []
      : [{ kind: 'result', request: changed.id, detail: 'The stored answer is not the one that was recorded.' }];
  return { problems, count: rows.length };
}
