import { EMPTY_ROOT, rootFromTiles, type SizedRoot } from '@medserve/ledger';
import type { Queryable } from '../database/database';
import { tileReader, type LedgerState } from './ledger-rows';

interface Heard extends SizedRoot {
  /** The log was found to begin with it. */
  isAgreed: boolean;
}

/** Knows the newest checkpoint of a tenant's log that is kept outside of the database; undefined where there is none. */
export type OutsideCheckpoint = (tenant: string) => Promise<SizedRoot | undefined>;

/**
 * Keeps a log from becoming two: a database that was put back to an older state must not be extended beside what was already
 * published. What this process signed, and what stands outside, is remembered; a log that is behind it, or another, is not
 * extended until somebody has looked.
 */
export class ForkGuard {
  private readonly heard = new Map<string, Heard>();
  private readonly asked = new Set<string>();
  /** Logs of which a witness, or the published files, say that they are another. Only a restart forgets. */
  private readonly forked = new Set<string>();
  private readonly behind = new Set<string>();

  constructor(private readonly outside: OutsideCheckpoint = () => Promise.resolve(undefined)) {}

  /** A checkpoint of this log went out. */
  hear(tenant: string, { size, root }: SizedRoot): void {
    if (size > (this.heard.get(tenant)?.size ?? 0)) this.heard.set(tenant, { size, root, isAgreed: false });
  }

  /** Somebody outside knows another log of this tenant. */
  hold(tenant: string): void {
    this.forked.add(tenant);
  }

  /** Tenants whose log is not extended. */
  get held(): readonly string[] {
    return [...new Set([...this.forked, ...this.behind])];
  }

  async forbids(client: Queryable, state: LedgerState): Promise<boolean> {
    const { tenant } = state;
    await this.askOutside(tenant);
    const isBehind = !(await this.beginsWithHeard(client, state));
    if (isBehind) this.behind.add(tenant);
    else this.behind.delete(tenant);
    return isBehind || this.forked.has(tenant);
  }

  private async askOutside(tenant: string): Promise<void> {
    if (this.asked.has(tenant)) return;
    const copy = await this.outside(tenant);
    if (copy !== undefined) this.hear(tenant, copy);
    this.asked.add(tenant);
  }

  private async beginsWithHeard(client: Queryable, { tenant, size }: LedgerState): Promise<boolean> {
    const heard = this.heard.get(tenant);
    if (heard === undefined) return true;
    if (size < heard.size) return false;
    if (!heard.isAgreed) {
      const root = heard.size === 0 ? EMPTY_ROOT : await rootFromTiles(heard.size, tileReader(client, tenant));
      heard.isAgreed = root.equals(heard.root);
    }
    return heard.isAgreed;
  }
}
