import { ServingError } from '@medserve/errors';
import type { ActivityEvent } from '@medserve/events';
import { tellIn } from '../audit/tell-in';
import { orUnavailable, type Database, type Queryable } from '../database/database';
import type { WakeUp } from '../outbox/wake-up';

export type GrantState =
  | 'pending'
  | 'open'
  /** Its time is over, or nobody approved it in time. */
  | 'expired'
  | 'ended';

export interface Grant {
  readonly id: string;
  readonly state: GrantState;
  /** Who asked, and who alone may use it. */
  readonly requester: string;
  /** A code of a published list. */
  readonly reason: string;
  /** Keyed hash of the only patient that it is about, in hex; null: it is about none. */
  readonly patient: string | null;
  readonly requestedAt: Date;
  readonly approver: string | null;
  readonly expiresAt: Date | null;
}

export interface NewGrant extends Pick<Grant, 'id' | 'requester' | 'reason' | 'patient'> {
  readonly tenant: string;
}

/** That wait or are open at once in a tenant. */
const LIVE_GRANTS = 100;

/** How long a request waits to be approved. */
const PENDING_MINUTES = 60;

/* The database's clock says what is over: the one that all gateways share. */
const STATE = `
CASE WHEN ended_at IS NOT NULL THEN 'ended'
  WHEN approved_at IS NULL AND requested_at > now() - interval '${String(PENDING_MINUTES)} minutes' THEN 'pending'
  WHEN expires_at > now() THEN 'open' ELSE 'expired' END`;
const LIVE = `ended_at IS NULL AND (expires_at > now()
  OR approved_at IS NULL AND requested_at > now() - interval '${String(PENDING_MINUTES)} minutes')`;
const GRANT = `
SELECT id, ${STATE} AS state, requester, reason, patient, requested_at AS "requestedAt", approver, expires_at AS "expiresAt"
FROM break_glass`;

/** Every change commits together with the event that tells of it. All methods throw ServingError `unavailable` without a database. */
export class BreakGlassStore {
  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
  ) {}

  /** @throws ServingError `quota_exceeded` where too many wait or are open */
  async request(grant: NewGrant, event: ActivityEvent): Promise<void> {
    const { id, tenant, requester, reason, patient } = grant;
    await this.change(tenant, async (client) => {
      const count = `SELECT count(*)::int AS live FROM break_glass WHERE tenant = $1 AND ${LIVE}`;
      const [counted] = await client.rows<{ live: number }>({ text: count, values: [tenant] });
      if ((counted?.live ?? 0) >= LIVE_GRANTS) {
        throw new ServingError('quota_exceeded', 'Too many break-glass grants wait or are open.', {
          limit: `grants: ${String(LIVE_GRANTS)} at once`,
        });
      }
      const text = 'INSERT INTO break_glass (id, tenant, requester, reason, patient) VALUES ($1, $2, $3, $4, $5)';
      await client.rows({ text, values: [id, tenant, requester, reason, patient] });
      await tellIn(client, event);
    });
  }

  /**
   * Opens a grant for `minutes`, at most 60.
   *
   * @throws ServingError `not_found`; `break_glass_refused` by whoever asked for it, or where it does not wait
   */
  approve(tenant: string, id: string, approver: string, minutes: number, event: ActivityEvent): Promise<Grant> {
    return this.change(tenant, async (client) => {
      const grant = await locked(client, tenant, id);
      if (grant.requester === approver)
        throw new ServingError('break_glass_refused', 'Somebody else than who asked has to approve it.');
      if (grant.state !== 'pending')
        throw new ServingError('break_glass_refused', `The grant does not wait for approval: it is ${grant.state}.`);
      const text = `
        UPDATE break_glass SET approver = $3, approved_at = now(), expires_at = now() + make_interval(mins => $4)
        WHERE tenant = $1 AND id = $2`;
      await client.rows({ text, values: [tenant, id, approver, minutes] });
      await tellIn(client, event);
      return locked(client, tenant, id);
    });
  }

  /** Ends a grant that waits or is open. @throws ServingError `not_found`, `break_glass_refused` where it is over already */
  end(tenant: string, id: string, by: string, event: ActivityEvent): Promise<void> {
    return this.change(tenant, async (client) => {
      const { state } = await locked(client, tenant, id);
      if (state !== 'pending' && state !== 'open')
        throw new ServingError('break_glass_refused', `The grant is over: it is ${state}.`);
      const text = 'UPDATE break_glass SET ended_by = $3, ended_at = now() WHERE tenant = $1 AND id = $2';
      await client.rows({ text, values: [tenant, id, by] });
      await tellIn(client, event);
    });
  }

  find(tenant: string, id: string): Promise<Grant | undefined> {
    const text = `${GRANT} WHERE tenant = $1 AND id = $2`;
    return orUnavailable(
      this.database.forTenant(tenant, async (client) => (await client.rows<Grant>({ text, values: [tenant, id] }))[0]),
    );
  }

  /** Those that wait and those that are open, newest first. */
  live(tenant: string): Promise<Grant[]> {
    const text = `${GRANT} WHERE tenant = $1 AND ${LIVE} ORDER BY requested_at DESC LIMIT ${String(LIVE_GRANTS)}`;
    return orUnavailable(this.database.forTenant(tenant, (client) => client.rows<Grant>({ text, values: [tenant] })));
  }

  private async change<T>(tenant: string, work: (client: Queryable) => Promise<T>): Promise<T> {
    const result = await orUnavailable(this.database.forTenant(tenant, work));
    this.wakeUp.ring();
    return result;
  }
}

/** Two that decide on it at once take turns. */
async function locked(client: Queryable, tenant: string, id: string): Promise<Grant> {
  const text = `${GRANT} WHERE tenant = $1 AND id = $2 FOR UPDATE`;
  const [grant] = await client.rows<Grant>({ text, values: [tenant, id] });
  if (grant === undefined) throw new ServingError('not_found', 'There is no break-glass grant with this id.');
  return grant;
}
