import { EMPTY_ROOT, rootFromTiles, type SizedRoot } from '@medserve/ledger';
import type { Queryable } from '../database/database';
import { tileReader, type LedgerState } from './ledger-rows';

interface Heard extends SizedRoot {
  /** The log was found to begin with it. */
  isAgreed: boolean;
}

/** Knows the newest checkpoint of a tenant's log that is kept outside of the database; undefined where there is none. */
export type OutsideCheckpoint = (tenant: string) => Promise<SizedRoot | undefined>;

const rootAt = (client: Queryable, tenant: string, size: number): Promise<Buffer> =>
  size === 0 ? Promise.resolve(EMPTY_ROOT) : rootFromTiles(size, tileReader(client, tenant));

/** Others publish as well: what stood outside a while ago says nothing of a database that was put back since. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Keeps a log from becoming two: a database that was put back to an older state must not be extended beside what was already
 * published. What this process signed, and what stands outside, is remembered; a log that is behind it, or another, is not
 * extended until somebody has looked. That it is held stands in the database, for whoever cannot see what this process saw.
 */
export class ForkGuard {
  private readonly heard = new Map<string, Heard>();
  /** When to look outside again. */
  private readonly lookAt = new Map<string, number>();
  private readonly known = new Set<string>();
  /** Logs of which somebody outside said that they are another, and of which the database does not know it yet. */
  private readonly untold = new Set<string>();

  constructor(private readonly outside: OutsideCheckpoint = () => Promise.resolve(undefined)) {}

  /** A checkpoint of this log went out. */
  hear(tenant: string, { size, root }: SizedRoot): void {
    if (size > (this.heard.get(tenant)?.size ?? 0)) this.heard.set(tenant, { size, root, isAgreed: false });
  }

  /** Somebody outside knows another log of this tenant. */
  async hold(client: Queryable, tenant: string): Promise<void> {
    this.untold.add(tenant);
    this.known.add(tenant);
    await keepHeld(client, tenant);
    this.untold.delete(tenant);
  }

  /** Tenants whose log is not extended, as far as this process has seen. */
  get held(): readonly string[] {
    return [...this.known];
  }

  /** What the database says of a log: another process may have held it, or an operator released it. */
  see({ tenant, isHeld }: LedgerState): void {
    if (isHeld || this.untold.has(tenant)) this.known.add(tenant);
    else this.known.delete(tenant);
  }

  async forbids(client: Queryable, state: LedgerState): Promise<boolean> {
    this.see(state);
    if (this.known.has(state.tenant)) return true;
    await this.lookOutside(state.tenant);
    if (await this.beginsWithHeard(client, state)) return false;
    this.known.add(state.tenant);
    return true;
  }

  /**
   * Whether a log may not be signed as it is: beside all that forbids to extend it, it was rewritten where this process had seen it, or
   * its root is not that of its tiles. Looked at anew each time, since who rewrites a log does so after it was found to agree.
   */
  async forbidsToSign(client: Queryable, state: LedgerState): Promise<boolean> {
    const heard = this.heard.get(state.tenant);
    if (heard !== undefined) heard.isAgreed = false;
    if (await this.forbids(client, state)) return true;
    if ((await rootAt(client, state.tenant, state.size)).equals(state.root)) return false;
    this.known.add(state.tenant);
    return true;
  }

  private async lookOutside(tenant: string): Promise<void> {
    if ((this.lookAt.get(tenant) ?? 0) > performance.now()) return;
    const copy = await this.outside(tenant);
    if (copy !== undefined) this.hear(tenant, copy);
    this.lookAt.set(tenant, performance.now() + LOOK_AGAIN_MS);
  }

  private async beginsWithHeard(client: Queryable, { tenant, size }: LedgerState): Promise<boolean> {
    const heard = this.heard.get(tenant);
    if (heard === undefined) return true;
    if (size < heard.size) return false;
    if (!heard.isAgreed) {
      heard.isAgreed = (await rootAt(client, tenant, heard.size)).equals(heard.root);
    }
    return heard.isAgreed;
  }
}

/** Has the database say that a log is held, and since when. */
export async function keepHeld(client: Queryable, tenant: string): Promise<void> {
  const text = 'UPDATE ledger_state SET held_since = now() WHERE tenant = $1 AND held_since IS NULL';
  await client.rows({ text, values: [tenant] });
}

/** An operator has looked, and lets the log be extended again: for the owner of the tables, whose trigger refuses a service. */
export async function releaseHeld(client: Queryable, tenant: string): Promise<boolean> {
  const text = 'UPDATE ledger_state SET held_since = NULL WHERE tenant = $1 AND held_since IS NOT NULL RETURNING 1';
  return (await client.rows({ text, values: [tenant] })).length > 0;
}
