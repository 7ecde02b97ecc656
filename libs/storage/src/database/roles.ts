import { DatabaseError } from 'pg';
import type { Queryable } from './database';

/** A service of the platform that works on the database. */
export type StorageRole = 'gateway' | 'recorder' | 'monitor';

interface Rights {
  /** The role of the server that may do what the service has to, and no more. */
  readonly name: string;
  /** How long the server lets it wait for a lock, work on a statement, and stand still in a transaction. */
  readonly limits: { readonly lockMs: number; readonly statementMs: number; readonly idleMs: number };
}

const RIGHTS: Readonly<Record<StorageRole, Rights>> = {
  gateway: { name: 'medserve_gateway', limits: { lockMs: 4_000, statementMs: 8_000, idleMs: 15_000 } },
  recorder: { name: 'medserve_recorder', limits: { lockMs: 10_000, statementMs: 25_000, idleMs: 60_000 } },
  monitor: { name: 'medserve_monitor', limits: { lockMs: 10_000, statementMs: 25_000, idleMs: 60_000 } },
};

/** Longer than the server's own limit, which leaves the connection whole: this one is for a server that says nothing at all. */
const REPLY_MARGIN_MS = 4_000;
const REPLY_MS = 30_000;

/**
 * Settings of every session of a service: it works under its role from its first statement on, and comes back to it on RESET. An
 * absent role is that of whoever the URL names: the owner, who migrates and runs commands.
 */
export function roleSettings(role: StorageRole | undefined): string[] {
  if (role === undefined) return [];
  const { name, limits } = RIGHTS[role];
  return [
    `role=${name}`,
    `lock_timeout=${String(limits.lockMs)}`,
    `statement_timeout=${String(limits.statementMs)}`,
    `idle_in_transaction_session_timeout=${String(limits.idleMs)}`,
  ];
}

/** How long to wait for a reply, in milliseconds. */
export const replyTimeoutOf = (role: StorageRole | undefined): number =>
  role === undefined ? REPLY_MS : RIGHTS[role].limits.statementMs + REPLY_MARGIN_MS;

const INSUFFICIENT_PRIVILEGE = '42501';
const INVALID_PARAMETER = '22023';

/** What is to be done when a session under a role cannot be had; any other error comes back as it is. */
export function explainRefusal(error: unknown, role: StorageRole | undefined): unknown {
  if (role === undefined || !(error instanceof DatabaseError)) return error;
  const { name } = RIGHTS[role];
  if (error.code === INSUFFICIENT_PRIVILEGE) {
    return new Error(
      `the database user may not work as ${name}; as the owner of the database, run: GRANT ${name} TO <that user>`,
      { cause: error },
    );
  }
  if (error.code === INVALID_PARAMETER && error.message.includes(name)) {
    return new Error(`the database server has no role ${name}; start the platform once as the owner, who makes it`, {
      cause: error,
    });
  }
  return error;
}

const STANDING = `
SELECT current_user AS name, rolsuper OR rolbypassrls AS "isPastIt",
  row_security_active('request') AND row_security_active('api_key') AS "isShut"
FROM pg_roles WHERE rolname = current_user`;

interface Standing {
  readonly name: string;
  readonly isPastIt: boolean;
  readonly isShut: boolean;
}

/**
 * Fails closed: a service before which the rows of other tenants lie open does not start.
 *
 * @throws Error that says what to do
 */
export async function requireRowSecurity(database: Queryable, role: StorageRole): Promise<void> {
  const [standing] = await database.rows<Standing>({ text: STANDING, values: [] });
  if (standing?.name !== RIGHTS[role].name) {
    throw new Error(`the session works as ${String(standing?.name)} and not as ${RIGHTS[role].name}`);
  }
  if (standing.isPastIt) {
    throw new Error(
      `the role ${standing.name} is past row security, so every tenant would lie open; as a superuser, run: ALTER ROLE ${standing.name} NOSUPERUSER NOBYPASSRLS`,
    );
  }
  if (!standing.isShut) {
    throw new Error('row security is off in the database, so every tenant would lie open; run the migrations');
  }
}
