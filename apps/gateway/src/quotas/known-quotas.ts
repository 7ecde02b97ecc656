import { bindingQuotas, type BindingQuota, type Quota } from '@medserve/serving';
import type { QuotaStore, StoreHealth } from './ports';
import { notKnown } from './refusals';

interface Known {
  readonly quotas: readonly Quota[];
  readonly byClient: Map<string, readonly BindingQuota[]>;
  usedAtMs: number;
}

/** A tenant that nobody asks for is forgotten after so long. */
const FORGET_MS = 600_000;
const CLIENTS = 10_000;

export interface KnownQuotasParts {
  readonly store: Pick<QuotaStore, 'of'>;
  readonly health: StoreHealth;
  readonly now: () => number;
}

/**
 * The quotas of the tenants that are here, read once and again every few seconds, all in one question: what an operator changes
 * holds within that time. While the store is away, what was known holds.
 */
export class KnownQuotas {
  private readonly tenants = new Map<string, Known>();
  private readonly reading = new Map<string, Promise<Known>>();

  constructor(private readonly parts: KnownQuotasParts) {}

  /** What binds the client, where that is known without asking. */
  peek(tenant: string, client: string): readonly BindingQuota[] | undefined {
    const known = this.tenants.get(tenant);
    return known === undefined ? undefined : this.bind(known, client);
  }

  /** @throws ServingError `unavailable` of a tenant that is new here while the store is away */
  async of(tenant: string, client: string): Promise<readonly BindingQuota[]> {
    return this.peek(tenant, client) ?? this.bind(await this.read(tenant), client);
  }

  /** Reads all again; to be called every few seconds. */
  async refresh(): Promise<void> {
    const nowMs = this.parts.now();
    for (const [tenant, { usedAtMs }] of this.tenants) if (usedAtMs + FORGET_MS < nowMs) this.tenants.delete(tenant);
    const tenants = [...this.tenants.keys()];
    if (tenants.length === 0) return;
    try {
      const found = Map.groupBy(await this.parts.store.of(tenants), ({ tenant }) => tenant);
      for (const tenant of tenants) {
        const usedAtMs = this.tenants.get(tenant)?.usedAtMs ?? nowMs;
        this.tenants.set(tenant, { quotas: found.get(tenant) ?? [], byClient: new Map(), usedAtMs });
      }
      this.parts.health.answered();
    } catch (error) {
      this.parts.health.failed(error);
    }
  }

  private bind(known: Known, client: string): readonly BindingQuota[] {
    known.usedAtMs = this.parts.now();
    const found = known.byClient.get(client);
    if (found !== undefined) return found;
    const binding = bindingQuotas(known.quotas, client);
    if (known.byClient.size >= CLIENTS) known.byClient.clear();
    known.byClient.set(client, binding);
    return binding;
  }

  private read(tenant: string): Promise<Known> {
    const under = this.reading.get(tenant);
    if (under !== undefined) return under;
    const { store, health, now } = this.parts;
    const reading = store
      .of([tenant])
      .then(
        (quotas) => {
          const known = { quotas, byClient: new Map<string, readonly BindingQuota[]>(), usedAtMs: now() };
          this.tenants.set(tenant, known);
          health.answered();
          return known;
        },
        (error: unknown) => {
          health.failed(error);
          throw notKnown(error);
        },
      )
      .finally(() => this.reading.delete(tenant));
    this.reading.set(tenant, reading);
    return reading;
  }
}
