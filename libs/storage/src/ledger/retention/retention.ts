import { newEventId } from '@medserve/events';
import { ServingError } from '@medserve/errors';
import { tellIn } from '../../outbox/tell-in';
import type { Database } from '../../database/database';
import { ownActivity } from '../own-activity';
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
INSERT INTO legal_hold (id, tenant, patient, reason, held_from, placed_by)
VALUES ($1, $2, $3, $4, coalesce($5::timestamptz, '-infinity'), $6)`;

const RELEASE = `
UPDATE legal_hold SET released_by = $2, released_at = now() WHERE id = $1 AND released_at IS NULL RETURNING tenant`;

const HOLDS = `
SELECT id, tenant, patient, reason, nullif(held_from, '-infinity') AS "from", placed_by AS "placedBy"
FROM legal_hold WHERE released_at IS NULL ORDER BY placed_at`;

/** Who runs a command on the home, of whom no more is known. */
const COMMAND = { actor: 'command', actorKind: 'service' } as const;

async function keep(database: Database, tenant: string, years: number): Promise<void> {
  await database.transaction('read committed', async (client) => {
    const isLonger =
      Number.isInteger(years) &&
      years >= KEEP_YEARS &&
      (await client.rows({ text: KEEP, values: [tenant, years] })).length > 0;
    if (!isLonger) throw new ServingError('forbidden', 'The time to keep entries is lengthened, never shortened.');
    await tellIn(client, ownActivity(tenant, 'tenant_changed', `tenant:${tenant}`, { keepYears: years }, COMMAND));
  });
}

async function hold(database: Database, wanted: Omit<LegalHold, 'id'>): Promise<LegalHold> {
  const { tenant, patient = null, reason, from = null, placedBy } = wanted;
  const id = newEventId();
  await database.transaction('read committed', async (client) => {
    await client.rows({ text: HOLD, values: [id, tenant, patient, reason, from, placedBy] });
    await tellIn(client, ownActivity(tenant, 'hold_placed', `hold:${id}`, undefined, { actor: placedBy }));
  });
  return { ...wanted, id };
}

function release(database: Database, id: string, by: string): Promise<void> {
  return database.transaction('read committed', async (client) => {
    const [found] = await client.rows<{ tenant: string }>({ text: RELEASE, values: [id, by] });
    if (found === undefined) throw new ServingError('not_found', 'There is no such legal hold.');
    await tellIn(client, ownActivity(found.tenant, 'hold_released', `hold:${id}`, undefined, { actor: by }));
  });
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
