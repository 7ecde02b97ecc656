import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { openStorage } from '../../open-storage';
import { WITH_LOG } from './tenants';

const BATCH = 500;
const REST_MS = 20;

/** Brings what was committed into the logs, as the recorder does, until the returned function is called. */
export function keepRecording(url: string, operator: Client): () => Promise<void> {
  const stop = new AbortController();
  const running = (async () => {
    const storage = await openStorage({ url, poolSize: 2, applicationName: 'recording', role: 'recorder' });
    while (!stop.signal.aborted) {
      const messages = await storage.outbox.unsent(BATCH);
      const { rows } = await operator.query<{ event: string }>(
        'DELETE FROM outbox WHERE event = ANY($1::uuid[]) AND tenant <> ALL($2) RETURNING event',
        [messages.map(({ id }) => id), WITH_LOG],
      );
      const without = new Set(rows.map(({ event }) => event));
      await storage.ledger.append(messages.filter(({ id }) => !without.has(id)));
      if (messages.length < BATCH) await delay(REST_MS);
    }
    await storage.close();
  })();
  return () => {
    stop.abort();
    return running;
  };
}
