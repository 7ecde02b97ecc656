import { randomUUID } from 'node:crypto';
import { newEventId, type ActivityEvent } from '@medserve/events';
import { patientOfStudy } from '../archive/study-patient';
import { tellIn } from '../outbox/tell-in';
import { orUnavailable, type Database, type Queryable } from '../database/database';
import type { WakeUp } from '../outbox/wake-up';
import { lookAgain } from '../studies/study-orders';
import {
  MEMBERS,
  type DeliveryFailure,
  type DeliveryQuestion,
  type HeldDelivery,
  type StoredDelivery,
} from './delivery-rows';
import { openDeliveries } from '../studies/enqueue-deliveries';

/**
 * Those that are due, and those whose sender has not settled them in time. Of one study and destination the older generation goes
 * first, so that a receiver never has the newer result replaced by the older one.
 */
const CLAIM = `
UPDATE delivery SET state = 'sending', attempts = attempts + 1, lease = $4, lease_until = now() + make_interval(secs => $5)
WHERE id IN (
  SELECT id FROM delivery AS due
  WHERE tenant = $1 AND destination = $2
    AND ((state = 'waiting' AND next_at <= now()) OR (state = 'sending' AND lease_until < now()))
    AND NOT EXISTS (
      SELECT FROM delivery AS older WHERE older.tenant = due.tenant AND older.study_uid = due.study_uid
        AND older.destination = due.destination AND older.generation < due.generation AND older.state IN ('waiting', 'sending'))
  ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING id, tenant, study_uid AS "studyUid", generation, destination, lease, attempts, answered, created_at AS "createdAt",
  (extract(epoch FROM now() - since) * 1000)::float8 AS "ageMs", arrived`;

/** Of one order, each of which stands in the ledger. */
const MOST_REQUEUED = 1_000;

const HELD = `tenant = $1 AND id = $2 AND lease = $3 AND state = 'sending'`;
const SETTLE = `
UPDATE delivery SET state = $4, settled_at = CASE WHEN $4 IN ('delivered', 'dead') THEN now() END, lease = NULL, lease_until = NULL,
  next_at = now() + make_interval(secs => $5), last_error = $6, last_status = $7, arrived = coalesce($8, arrived), answered = answered + $9
WHERE ${HELD} RETURNING id`;
const RELEASE = `
UPDATE delivery SET state = 'waiting', attempts = greatest(attempts - 1, 0), lease = NULL, lease_until = NULL WHERE ${HELD} RETURNING id`;

/** What is newer of the same study has arrived there: an older result would take its place. */
const OVERTAKEN = `EXISTS (
  SELECT FROM delivery AS newer WHERE newer.tenant = one.tenant AND newer.study_uid = one.study_uid
    AND newer.destination = one.destination AND newer.generation > one.generation AND newer.state IN ('sending', 'delivered'))`;

const OLDEST = `
SELECT coalesce(extract(epoch FROM now() - min(since)), 0)::float8 AS seconds FROM delivery AS one
WHERE tenant = $1 AND destination = $2 AND state <> 'delivered' AND NOT (state = 'dead' AND ${OVERTAKEN})`;

const STRANDED = `
SELECT id, tenant, study_uid AS "studyUid", generation, destination, attempts
FROM medserve_stranded_deliveries($1, $2, $3, $4)`;
const STRAND = `
UPDATE delivery SET state = 'dead', settled_at = now(), lease = NULL, lease_until = NULL, last_error = 'no_such_destination', last_status = NULL
WHERE tenant = $1 AND id = $2 AND (state = 'waiting' OR (state = 'sending' AND lease_until < now())) RETURNING id`;
const MOST_STRANDED = 200;

/** Who looks whether all deliveries of a generation have ended waits until those that settle at this moment have. */
const LOCK_GENERATION = `
SELECT 1 FROM study_generation WHERE tenant = $1 AND study_uid = $2 AND generation = $3 FOR UPDATE`;

const LIST = `
SELECT ${MEMBERS} FROM delivery
WHERE tenant = $1 AND ($2::text[] IS NULL OR state = ANY ($2)) AND ($3::text IS NULL OR destination = $3)
  AND ($4::text IS NULL OR study_uid = $4)
ORDER BY created_at DESC, id LIMIT $5`;

const REQUEUE = `
UPDATE delivery SET state = 'waiting', attempts = 0, answered = 0, since = now(), next_at = now(), settled_at = NULL
WHERE tenant = $1 AND id IN (
  SELECT id FROM delivery AS one
  WHERE tenant = $1 AND state = 'dead' AND ($2::uuid IS NULL OR id = $2) AND ($3::text IS NULL OR destination = $3)
    AND ($4::text IS NULL OR study_uid = $4) AND NOT ${OVERTAKEN}
  ORDER BY created_at, id LIMIT ${String(MOST_REQUEUED)} FOR UPDATE)
RETURNING ${MEMBERS}`;

/** A study that failed because its results did not arrive is on their way with them again. */
const REOPEN = `
UPDATE study_generation SET state = 'exporting', reason = NULL, says = NULL, ended_at = NULL, due_at = clock_timestamp()
WHERE tenant = $1 AND study_uid = $2 AND generation = $3 AND state = 'failed' AND reason = 'undelivered'`;

export interface RequeueQuestion {
  readonly tenant: string;
  readonly id?: string | undefined;
  readonly destination?: string | undefined;
  readonly studyUid?: string | undefined;
}

/**
 * The queue of deliveries. It outlives processes: what was claimed and not settled is claimed again when its lease has ended. A
 * `settle` whose lease was lost changes nothing and says so. All methods throw ServingError `unavailable` when the database does not answer.
 */
export class DeliveryStore {
  constructor(
    private readonly database: Database,
    private readonly wakeUp: WakeUp,
  ) {}

  claim(
    where: { readonly tenant: string; readonly destination: string },
    limit: number,
    leaseMs: number,
  ): Promise<HeldDelivery[]> {
    const values = [where.tenant, where.destination, limit, randomUUID(), leaseMs / 1_000];
    return this.inTenant(where.tenant, (client) =>
      client.rows<HeldDelivery>({ name: 'claim-delivery', text: CLAIM, values }),
    );
  }

  /** It arrived; the ledger hears of it, and whoever waits for the last of its study. */
  async delivered(delivery: HeldDelivery): Promise<boolean> {
    const isHeld = await this.inTenant(delivery.tenant, (client) =>
      ended(client, delivery, 'delivered', () => settle(client, delivery, 'delivered')),
    );
    if (isHeld) this.wakeUp.ring();
    return isHeld;
  }

  retry(delivery: HeldDelivery, failure: DeliveryFailure, inMs: number): Promise<boolean> {
    return this.inTenant(delivery.tenant, (client) => settle(client, delivery, 'waiting', failure, inMs));
  }

  /** It is not sent any more until an operator says so. */
  async dead(delivery: HeldDelivery, failure: DeliveryFailure): Promise<boolean> {
    const isHeld = await this.inTenant(delivery.tenant, (client) =>
      ended(client, delivery, failure.reason, () => settle(client, delivery, 'dead', failure)),
    );
    if (isHeld) this.wakeUp.ring();
    return isHeld;
  }

  /**
   * Gives up what is on its way to destinations that there are not, of any tenant: an operator sees it, and may requeue it once there
   * is such a destination again.
   *
   * @param known all destinations that there are @param afterMs as long another gateway may still know one @returns how many
   */
  async strand(
    known: readonly { readonly tenant: string; readonly destination: string }[],
    afterMs: number,
  ): Promise<number> {
    const values = [
      known.map(({ tenant }) => tenant),
      known.map(({ destination }) => destination),
      afterMs,
      MOST_STRANDED,
    ];
    const found = await orUnavailable(this.database.rows<EndedDelivery & object>({ text: STRANDED, values }));
    let stranded = 0;
    for (const delivery of found) {
      const { tenant, id } = delivery;
      const isDone = await this.inTenant(tenant, (client) =>
        ended(client, delivery, 'no_such_destination', async () => {
          return (await client.rows({ text: STRAND, values: [tenant, id] })).length > 0;
        }),
      );
      if (isDone) stranded += 1;
    }
    if (stranded > 0) this.wakeUp.ring();
    return stranded;
  }

  /** Gives it back as if it had not been claimed. */
  release({ tenant, id, lease }: HeldDelivery): Promise<boolean> {
    return this.inTenant(
      tenant,
      async (client) => (await client.rows({ text: RELEASE, values: [tenant, id, lease] })).length > 0,
    );
  }

  /** Seconds since the oldest that has not arrived was first to be sent; 0 where all have. */
  async oldestSeconds({
    tenant,
    destination,
  }: {
    readonly tenant: string;
    readonly destination: string;
  }): Promise<number> {
    const [row] = await this.inTenant(tenant, (client) =>
      client.rows<{ seconds: number }>({ text: OLDEST, values: [tenant, destination] }),
    );
    return row?.seconds ?? 0;
  }

  /** Newest first. */
  list({ tenant, states, destination, studyUid, limit }: DeliveryQuestion): Promise<StoredDelivery[]> {
    const values = [tenant, states === undefined ? null : [...states], destination ?? null, studyUid ?? null, limit];
    return this.inTenant(tenant, (client) => client.rows<StoredDelivery>({ text: LIST, values }));
  }

  /** Sends dead ones again, the oldest first, and no more than a thousand at once. @param event what the ledger is told, in the same commit, of each @returns those that were dead */
  async requeue(
    { tenant, id, destination, studyUid }: RequeueQuestion,
    event: (of: StoredDelivery) => ActivityEvent,
  ): Promise<StoredDelivery[]> {
    const values = [tenant, id ?? null, destination ?? null, studyUid ?? null];
    const again = await this.inTenant(tenant, async (client) => {
      const rows = await client.rows<StoredDelivery>({ text: REQUEUE, values });
      for (const row of rows) {
        await client.rows({ text: REOPEN, values: [row.tenant, row.studyUid, row.generation] });
        await tellIn(client, event(row));
      }
      return rows;
    });
    if (again.length > 0) this.wakeUp.ring();
    return again;
  }

  private inTenant<T>(tenant: string, work: (client: Queryable) => Promise<T>): Promise<T> {
    return orUnavailable(this.database.forTenant(tenant, work));
  }
}

type EndedDelivery = Pick<HeldDelivery, 'id' | 'tenant' | 'studyUid' | 'generation' | 'destination' | 'attempts'>;

/** A delivery arrived, or is given up; the ledger hears of it, and whoever waits for the last of its study. */
async function ended(
  client: Queryable,
  delivery: EndedDelivery,
  outcome: string,
  settled: () => Promise<boolean>,
): Promise<boolean> {
  const { tenant, studyUid, generation } = delivery;
  await client.rows({ text: LOCK_GENERATION, values: [tenant, studyUid, generation] });
  if (!(await settled())) return false;
  const event = outcome === 'delivered' ? exported(delivery, outcome) : exported(delivery, 'dead', outcome);
  await tellIn(client, { ...event, ...(await patientOfStudy(client, tenant, studyUid)) });
  if ((await openDeliveries(client, delivery)) === 0) await lookAgain(client, delivery);
  return true;
}

async function settle(
  client: Queryable,
  { tenant, id, lease }: HeldDelivery,
  state: string,
  failure?: DeliveryFailure,
  inMs = 0,
): Promise<boolean> {
  const { reason = null, status = null, arrived = null } = failure ?? {};
  const values = [
    tenant,
    id,
    lease,
    state,
    inMs / 1_000,
    reason,
    status,
    arrived === null ? null : [...arrived],
    failure?.isAnswer === true ? 1 : 0,
  ];
  return (await client.rows({ name: 'settle-delivery', text: SETTLE, values })).length > 0;
}

/** Names the delivery, whose row names the study: no UID of a patient's study goes to the ledger. */
const exported = (
  { tenant, id, destination, generation, attempts }: EndedDelivery,
  outcome: string,
  reason?: string,
): ActivityEvent => ({
  id: newEventId(),
  schema: 1,
  event: 'study_exported',
  at: new Date().toISOString(),
  tenant,
  actor: 'gateway',
  actorKind: 'service',
  subject: `delivery:${id}`,
  outcome: outcome === 'delivered' ? 'success' : 'refused',
  facts: { destination, outcome, generation, attempts, ...(reason === undefined ? {} : { reason }) },
});
