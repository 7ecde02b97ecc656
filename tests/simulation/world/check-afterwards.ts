import type { Checkpoint, ModelDatabase } from './database';
import { rootOf } from './recorder';
import type { Watch } from './watch';

const nameOf = (event: string): string => event.slice(event.indexOf('/') + 1);

/** The invariants that hold of a world at rest. */
export function checkAfterwards({
  database,
  watch,
  published,
}: {
  readonly database: ModelDatabase;
  readonly watch: Watch;
  readonly published: readonly Checkpoint[];
}): void {
  const { requests, outbox, ledger } = database;
  if (outbox.size > 0) watch.report('A5', `${String(outbox.size)} events never reach the ledger`);
  const byRequest = Map.groupBy(ledger, ({ request }) => request);
  for (const { id, status } of requests.values()) {
    const events = (byRequest.get(id) ?? []).map(({ event }) => nameOf(event)).sort();
    const expected = ['accepted', status].sort();
    if (events.join() !== expected.join())
      watch.report('A1', `${id} is ${status}, and its entries are ${events.join()}`);
  }
  for (const id of byRequest.keys())
    if (!requests.has(id)) watch.report('A1', `${id} has entries and was never accepted`);
  for (const { id, bytes } of watch.answers) {
    const row = requests.get(id);
    if (row?.status !== 'completed' || row.result !== bytes)
      watch.report('A2', `${id} was answered, and on record it is ${row?.status ?? 'not'}`);
    const entry = ledger.find(({ event }) => event === `${id}/completed`);
    if (entry !== undefined && !entry.bytes.toString().endsWith(bytes))
      watch.report('A3', `${id} was answered otherwise than its entry says`);
  }
  for (const { event, bytes } of ledger)
    if (!bytes.toString().startsWith(event)) watch.report('A3', `the entry of ${event} is not what was committed`);
  for (const { size, root } of published)
    if (size > ledger.length || rootOf(database, size) !== root)
      watch.report('A4', `a published checkpoint of ${String(size)} entries is not of this log`);
}
