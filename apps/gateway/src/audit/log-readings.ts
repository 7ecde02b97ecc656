import type { Principal } from '@medserve/security';
import type { Activities } from '../activities/activities';

const WINDOW_MS = 60_000;
const REMEMBERED = 10_000;

/**
 * Puts on record who reads the log, once a minute each: a copy of a long log is thousands of reads, and an entry for each would
 * have the log grow under its reader.
 */
export class LogReadings {
  private readonly untilMs = new Map<string, number>();

  constructor(
    private readonly activities: Pick<Activities, 'tell'>,
    private readonly nowMs: () => number,
  ) {}

  /** Resolves when the read may be answered. @throws ServingError `unavailable` */
  async told(by: Principal): Promise<void> {
    const name = `${by.tenant}\n${by.id}\n${by.purpose ?? ''}`;
    const now = this.nowMs();
    if ((this.untilMs.get(name) ?? 0) > now) return;
    await this.activities.tell(by, { event: 'audit_exported', subject: 'audit:log', outcome: 'success' });
    if (this.untilMs.size >= REMEMBERED) this.untilMs.clear();
    this.untilMs.set(name, now + WINDOW_MS);
  }
}
