import { KeptConnection } from '../database/kept-connection';
import { RECORDER_LOCK } from '../locks';
import type { StorageRole } from '../database/roles';
import { OUTBOX_CHANNEL } from './wake-up';

export interface Seat {
  /** Aborts when the seat is lost or given up. */
  readonly signal: AbortSignal;
  /** Resolves at the next wake-up of the outbox, after `pollMs` at the latest, or when the seat is lost. */
  untilWoken(): Promise<void>;
}

export interface SeatOptions {
  readonly url: string;
  /** Absent for the owner. */
  readonly role?: StorageRole | undefined;
  readonly pollMs: number;
  readonly onSeated: (seat: Seat) => void;
  readonly onFailure: (error: unknown) => void;
}

const RETRY_MS = 1_000;

/**
 * One recorder at a time relays and sweeps: the one whose session holds the lock. So events of a request are sent in the order
 * of their commit. A second recorder waits for the seat; should the old one still work for a moment, the ledger takes each
 * event once all the same.
 */
export function takeRecorderSeat({ url, role, pollMs, onSeated, onFailure }: SeatOptions): { close(): Promise<void> } {
  return new KeptConnection({
    url,
    role,
    applicationName: 'medserve-recorder-seat',
    retryMs: RETRY_MS,
    onFailure,
    prepare: async (client) => {
      const text = 'SELECT pg_try_advisory_lock($1, $2) AS held';
      const { rows } = await client.query<{ held: boolean }>(text, [...RECORDER_LOCK]);
      if (rows[0]?.held !== true) return false;
      await client.query(`LISTEN ${OUTBOX_CHANNEL}`);
      return true;
    },
    onConnected: (client, lost) => {
      const asleep = (): void => undefined;
      // A ring while the relay is at work is kept for its next wait.
      let isRung = false;
      let wake = asleep;
      client.on('notification', () => {
        isRung = true;
        wake();
      });
      onSeated({
        signal: lost,
        untilWoken: () =>
          new Promise((resolve) => {
            const done = (): void => {
              isRung = false;
              wake = asleep;
              clearTimeout(timer);
              lost.removeEventListener('abort', done);
              resolve();
            };
            const timer = setTimeout(done, pollMs);
            lost.addEventListener('abort', done);
            wake = done;
            if (isRung || lost.aborted) done();
          }),
      });
    },
  });
}
