import { ServingError } from '@medserve/errors';
import type { ActivityEvent } from '@medserve/events';
import { tellIn } from '../outbox/tell-in';
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

export interface GrantPage {
  readonly grants: readonly Grant[];
  /** Where the next page begins; null: there is none. */
  readonly next: string | null;
}

export interface NewGrant extends Pick<Grant, 'id' | 'requester' | 'reason' | 'patient'> {
  readonly tenant: string;
}

/** That wait or are open at once, of one requester: nobody stands in the way of another's emergency. */
const LIVE_GRANTS = 3;
/** That one requester may ask for in an hour, whatever became of them: who asks and ends in turns does not fill the log. */
const GRANTS_AN_HOUR = 20;

/** How long a request waits to be approved. */
const PENDING_MINUTES = 60;
/** Grants are shown in pages of so many. */
const PAGE = 100;

/** First number of the advisory locks with two numbers under which a requester asks; `locks.ts` has the others. */
const REQUESTER_LOCK = 0x6d656462;

/* The database's clock says what is over: the one that all gateways share. */
const STATE = `
CASE WHEN ended_at IS NOT NULL THEN 'ended'
  WHEN approved_at IS NULL AND requested_at > now() - interval '${String(PENDING_MINUTES)} minutes' THEN 'pending'
  WHEN expires_at > now() THEN 'open' ELSE 'expired' END`;
/** After this time no grant is live: an hour to wait and an hour to be open. Told beside, it lets the index find those that are. */
const LONGEST = `interval '${String(2 * PENDING_MINUTES)} minutes'`;
const LIVE = `requested_at > now() - ${LONGEST} AND ended_at IS NULL AND (expires_at > now()
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

  /** @throws ServingError `quota_exceeded` where too many of the requester wait or are open, or were asked for in an hour */
  async request(grant: NewGrant, event: ActivityEvent): Promise<void> {
    const { id, tenant, requester, reason, patient } = grant;
    await this.change(tenant, async (client) => {
      await refuseMore(client, tenant, requester);
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

  /**
   * Ends a grant that waits or is open.
   *
   * @param by whoever ends it
   * @param isTheirs only where they asked for it themselves; another's is as unknown as none
   * @throws ServingError `not_found`, `break_glass_refused` where it is over already
   */
  end(tenant: string, id: string, by: string, isTheirs: boolean, event: ActivityEvent): Promise<void> {
    return this.change(tenant, async (client) => {
      const { state, requester } = await locked(client, tenant, id);
      if (isTheirs && requester !== by) throw notThere();
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

  /**
   * Those that wait and those that are open, newest first, in pages.
   *
   * @param before the last id of the page before; undefined: the first page
   */
  async live(tenant: string, before?: string): Promise<GrantPage> {
    const text = `${GRANT} WHERE tenant = $1 AND ${LIVE} AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`;
    const values = [tenant, before ?? null, PAGE + 1];
    const found = await orUnavailable(
      this.database.forTenant(tenant, (client) => client.rows<Grant>({ text, values })),
    );
    const grants = found.slice(0, PAGE);
    return { grants, next: found.length > PAGE ? (grants.at(-1)?.id ?? null) : null };
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
  if (grant === undefined) throw notThere();
  return grant;
}

const notThere = (): ServingError => new ServingError('not_found', 'There is no break-glass grant with this id.');

/** Requests of one requester take turns, so that no two of them count the same ones. */
async function refuseMore(client: Queryable, tenant: string, requester: string): Promise<void> {
  await client.rows({
    text: 'SELECT pg_advisory_xact_lock($1, hashtext($2))',
    values: [REQUESTER_LOCK, `${tenant}/${requester}`],
  });
  const ends = `CASE WHEN approved_at IS NULL THEN requested_at + interval '${String(PENDING_MINUTES)} minutes' ELSE expires_at END`;
  const [recent] = await client.rows<{ live: number; asked: number; liveMs: number | null; askedMs: number | null }>({
    text: `
      SELECT count(*) FILTER (WHERE ${LIVE})::int AS live,
        count(*) FILTER (WHERE requested_at > now() - interval '1 hour')::int AS asked,
        ceil(extract(epoch FROM min(${ends}) FILTER (WHERE ${LIVE}) - now()) * 1000)::float8 AS "liveMs",
        ceil(extract(epoch FROM min(requested_at) FILTER (WHERE requested_at > now() - interval '1 hour')
          + interval '1 hour' - now()) * 1000)::float8 AS "askedMs"
      FROM break_glass WHERE tenant = $1 AND requester = $2 AND requested_at > now() - ${LONGEST}`,
    values: [tenant, requester],
  });
  const { live = 0, asked = 0, liveMs, askedMs } = recent ?? {};
  if (live >= LIVE_GRANTS)
    throw new ServingError('quota_exceeded', 'Too many break-glass grants of yours wait or are open.', {
      limit: `grants: ${String(LIVE_GRANTS)} at once`,
      remedy: 'End one of yours with POST /v1/break-glass/{id}/withdraw, or wait for the time in Retry-After.',
      retryAfterMs: liveMs ?? undefined,
    });
  if (asked >= GRANTS_AN_HOUR)
    throw new ServingError('quota_exceeded', 'You have asked for too many break-glass grants within an hour.', {
      limit: `grants: ${String(GRANTS_AN_HOUR)} in 3600 s`,
      retryAfterMs: askedMs ?? undefined,
    });
}
