import { KeptConnection } from '../database/kept-connection';
import { MONITOR_LOCK } from '../locks';
import type { StorageRole } from '../database/roles';

export interface MonitorSeatOptions {
  readonly url: string;
  /** Absent for the owner. */
  readonly role?: StorageRole | undefined;
  /** `lost` aborts when the seat is lost or given up. */
  readonly onSeated: (lost: AbortSignal) => void;
  readonly onFailure: (error: unknown) => void;
}

const RETRY_MS = 1_000;

/**
 * One monitor at a time counts and shows: the one whose session holds the lock. What two showed at once would be summed where it is
 * read; what both counted for a moment is counted once all the same.
 */
export function takeMonitorSeat({ url, role, onSeated, onFailure }: MonitorSeatOptions): { close(): Promise<void> } {
  return new KeptConnection({
    url,
    role,
    applicationName: 'medserve-monitor-seat',
    retryMs: RETRY_MS,
    onFailure,
    prepare: async (client) => {
      const text = 'SELECT pg_try_advisory_lock($1, $2) AS held';
      const { rows } = await client.query<{ held: boolean }>(text, [...MONITOR_LOCK]);
      return rows[0]?.held === true;
    },
    onConnected: (_client, lost) => {
      onSeated(lost);
    },
  });
}
