import type { Reason } from '@medserve/errors';
import type { Principal } from '@medserve/security';
import type { Activities } from './activities';

/** Of one credential, in a minute, that are told one by one; the rest is told in one entry at its end. */
export const TOLD_SINGLY = 10;

/** Credentials of which each has its own count; those of the rest are counted together, by tenant. */
const OWN_COUNTS = 1_000;

/** Whose log has what comes without any credential. */
const HOME_TENANT = 'home';

export interface Denial {
  readonly reason: Reason;
  /** `route:/v1/audit/:id`, `result:<uuid>`: nothing that a caller wrote, but an id that could be one of ours. */
  readonly subject: string;
}

type Counts = Map<Reason, number>;

interface Denied {
  readonly principal: Principal;
  told: number;
  readonly more: Counts;
}

/**
 * Puts on record who was refused what. Nobody fills the ledger by it: of each credential so many entries a minute and one, of all
 * that came without one an entry a minute.
 */
export class Denials {
  private byPrincipal = new Map<string, Denied>();
  private byTenant = new Map<string, Counts>();
  private atEdge: Counts = new Map();

  constructor(private readonly activities: Pick<Activities, 'tell' | 'tellAsGateway'>) {}

  /** Somebody unknown was sent away. */
  unknown(reason: Reason): void {
    count(this.atEdge, reason);
  }

  /** Resolves when it is on record, or counted for the minute's entry. Never rejects: a refusal stays one without a database. */
  async of(principal: Principal, { reason, subject }: Denial): Promise<void> {
    const denied = this.entryOf(principal);
    if (denied === undefined) {
      count(this.countsOf(principal.tenant), reason);
      return;
    }
    if (denied.told >= TOLD_SINGLY) {
      count(denied.more, reason);
      return;
    }
    denied.told += 1;
    await this.activities.tell(principal, { event: 'access_denied', subject, outcome: 'refused', reason }).catch(() => {
      count(denied.more, reason);
    });
  }

  /** Tells what was counted and begins anew: once a minute, and at the end. What cannot be told now is, the next time. */
  async flush(): Promise<void> {
    const { byPrincipal, byTenant, atEdge } = this;
    this.byPrincipal = new Map();
    this.byTenant = new Map();
    this.atEdge = new Map();
    await Promise.all([
      ...[...byPrincipal.values()].map(async ({ principal, more }) => {
        const kept = (): Counts => this.entryOf(principal)?.more ?? this.countsOf(principal.tenant);
        await this.sum(more, kept, (deed) => this.activities.tell(principal, deed));
      }),
      ...[...byTenant].map(async ([tenant, counts]) => {
        const kept = (): Counts => this.countsOf(tenant);
        await this.sum(counts, kept, (deed) => this.activities.tellAsGateway(tenant, deed));
      }),
      this.sum(
        atEdge,
        () => this.atEdge,
        (deed) => this.activities.tellAsGateway(HOME_TENANT, deed),
      ),
    ]);
  }

  private async sum(
    counts: Counts,
    kept: () => Counts,
    tell: (deed: Parameters<Activities['tell']>[1]) => Promise<void>,
  ): Promise<void> {
    if (counts.size === 0) return;
    try {
      await tell({ event: 'access_denied', subject: 'gateway:minute', outcome: 'refused', facts: factsOf(counts) });
    } catch {
      const into = kept();
      for (const [reason, times] of counts) count(into, reason, times);
    }
  }

  private entryOf(principal: Principal): Denied | undefined {
    const name = `${principal.tenant}\n${principal.id}`;
    const known = this.byPrincipal.get(name);
    if (known !== undefined || this.byPrincipal.size >= OWN_COUNTS) return known;
    const denied: Denied = { principal, told: 0, more: new Map() };
    this.byPrincipal.set(name, denied);
    return denied;
  }

  private countsOf(tenant: string): Counts {
    const counts = this.byTenant.get(tenant) ?? new Map<Reason, number>();
    this.byTenant.set(tenant, counts);
    return counts;
  }
}

function count(counts: Counts, reason: Reason, times = 1): void {
  counts.set(reason, (counts.get(reason) ?? 0) + times);
}

/** `{ count: 12, notFound: 9, forbidden: 3 }` */
function factsOf(counts: Counts): Record<string, number> {
  const facts: Record<string, number> = { count: [...counts.values()].reduce((sum, times) => sum + times, 0) };
  for (const [reason, times] of counts)
    facts[reason.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())] = times;
  return facts;
}
