import type { ActivityEvent } from '@medserve/events';
import { tellIn } from '../outbox/tell-in';
import type { Database, Queryable } from '../database/database';
import type { WakeUp } from '../outbox/wake-up';

/** Changes of rows that commit together with the entry that tells of them: what was not done is not told, and nothing is done untold. */
export class ToldChanges {
  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
  ) {}

  /**
   * @param entry of the tenant whose rows they are; absent: nobody is told
   * @param change returns what was changed; undefined where nothing was, which is not told
   * @throws ServingError `unavailable`, `overloaded`; whatever the change throws
   */
  async make<T>(
    tenant: string,
    entry: ActivityEvent | undefined,
    change: (client: Queryable) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const changed = await this.database.forTenant(tenant, async (client) => {
      const found = await change(client);
      if (found !== undefined && entry !== undefined) await tellIn(client, entry);
      return found;
    });
    if (changed !== undefined && entry !== undefined) this.wakeUp.ring();
    return changed;
  }
}
