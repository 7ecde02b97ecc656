import { encodeEvent, newEventId, type Activity, type ActivityEvent } from '@medserve/events';
import { ServingError } from '@medserve/errors';
import type { Database } from '../../database/database';
import { approveDeletion, askForDeletion, deleteMonth } from './delete-month';
import { KEEP_YEARS } from './months';
import { sealDueMonths } from './seal-months';

/** Nothing of these entries is deleted until somebody releases it. */
export interface LegalHold {
  readonly id: string;
  readonly tenant: string;
  /** Keyed hash: only months with an entry about this patient are held. Absent: all of the tenant. */
  readonly patient?: string;
  /** A code, as the hospital's lawyers have them. */
  readonly reason: string;
  /** Months that ended before are not held. */
  readonly from?: Date;
  readonly placedBy: string;
}

/** What becomes of old entries, and who may say so. For the owner's commands, except for sealing, which the recorder does. */
export interface Retention {
  /** Seals the months that ended `afterDays` (90) ago; returns them. */
  seal(now: Date, afterDays?: number): Promise<string[]>;
  /** Keeps the entries of a tenant longer than six years; never shorter than was said before. */
  keep(tenant: string, years: number): Promise<void>;
  hold(hold: Omit<LegalHold, 'id'>): Promise<LegalHold>;
  release(id: string, by: string): Promise<void>;
  holds(): Promise<LegalHold[]>;
  ask(month: string, by: string): Promise<void>;
  approve(month: string, by: string): Promise<void>;
  delete(month: string): Promise<'announced' | 'deleted'>;
}

const KEEP = `
INSERT INTO ledger_policy (tenant, keep_years) VALUES ($1, $2)
ON CONFLICT (tenant) DO UPDATE SET keep_years = $2 WHERE ledger_policy.keep_years <= $2 RETURNING 1`;

const HOLD = `
WITH told AS (INSERT INTO outbox (event, tenant, payload) VALUES ($7, $2, $8))
INSERT INTO legal_hold (id, tenant, patient, reason, held_from, placed_by)
VALUES ($1, $2, $3, $4, coalesce($5::timestamptz, '-infinity'), $6)`;

const RELEASE = `
WITH released AS (
  UPDATE legal_hold SET released_by = $2, released_at = now() WHERE id = $1 AND released_at IS NULL RETURNING tenant
)
INSERT INTO outbox (event, tenant, payload) SELECT $3, tenant, $4 FROM released RETURNING 1`;

const HOLDS = `
SELECT id, tenant, patient, reason, nullif(held_from, '-infinity') AS "from", placed_by AS "placedBy"
FROM legal_hold WHERE released_at IS NULL ORDER BY placed_at`;

const told = (tenant: string, actor: string, event: Activity, hold: string): ActivityEvent => ({
  id: newEventId(),
  schema: 1,
  event,
  at: new Date().toISOString(),
  tenant,
  actor,
  subject: `hold:${hold}`,
  outcome: 'success',
});

async function keep(database: Database, tenant: string, years: number): Promise<void> {
  const isLonger =
    Number.isInteger(years) &&
    years >= KEEP_YEARS &&
    (await database.rows({ text: KEEP, values: [tenant, years] })).length > 0;
  if (!isLonger) throw new ServingError('forbidden', 'The time to keep entries is lengthened, never shortened.');
}

async function hold(database: Database, wanted: Omit<LegalHold, 'id'>): Promise<LegalHold> {
  const { tenant, patient = null, reason, from = null, placedBy } = wanted;
  const id = newEventId();
  const event = told(tenant, placedBy, 'hold_placed', id);
  const values = [id, tenant, patient, reason, from, placedBy, event.id, encodeEvent(event)];
  await database.rows({ text: HOLD, values });
  return { ...wanted, id };
}

async function release(database: Database, id: string, by: string): Promise<void> {
  const text = 'SELECT tenant FROM legal_hold WHERE id = $1 AND released_at IS NULL';
  const [found] = await database.rows<{ tenant: string }>({ text, values: [id] });
  const event = found && told(found.tenant, by, 'hold_released', id);
  const done = event && (await database.rows({ text: RELEASE, values: [id, by, event.id, encodeEvent(event)] }));
  if (done?.length !== 1) throw new ServingError('not_found', 'There is no such legal hold.');
}

async function holds(database: Database): Promise<LegalHold[]> {
  const rows = await database.rows<Omit<LegalHold, 'patient' | 'from'> & { patient: string | null; from: Date | null }>(
    {
      text: HOLDS,
      values: [],
    },
  );
  return rows.map(({ patient, from, ...rest }) => ({
    ...rest,
    ...(patient === null ? {} : { patient }),
    ...(from === null ? {} : { from }),
  }));
}

export const openRetention = (database: Database): Retention => ({
  seal: (now, afterDays) => sealDueMonths(database, now, afterDays),
  keep: (tenant, years) => keep(database, tenant, years),
  hold: (wanted) => hold(database, wanted),
  release: (id, by) => release(database, id, by),
  holds: () => holds(database),
  ask: (month, by) => askForDeletion(database, month, by),
  approve: (month, by) => approveDeletion(database, month, by),
  delete: (month) => deleteMonth(database, month),
});
