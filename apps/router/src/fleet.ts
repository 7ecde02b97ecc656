import type { CatalogueEntry, ModelKey, ServiceTls } from '@medserve/rpc';
import type { Logger } from '@medserve/runtime';
import { Member } from './member';
import type { Orders } from './orders';
import { Pool, type PoolOptions } from './pool';
import { Replica } from './replica';

export const keyOf = ({ name, version }: ModelKey): string => `${name}:${version}`;

export interface FleetOptions extends PoolOptions {
  readonly maxInFlightPerHost: number;
  readonly tls?: ServiceTls | undefined;
}

/** All pods, the one catalogue that they make together, and a pool for each version of a model in it. */
export class Fleet {
  readonly members: readonly Member[];
  private readonly listeners = new Set<() => void>();
  private readonly pools = new Map<string, Pool>();
  /** By model and pod: what was learned of a replica outlives its absence. */
  private readonly replicas = new Map<string, Map<Member, Replica>>();
  private merged: readonly CatalogueEntry[] = [];
  private heard = false;

  constructor(
    pods: readonly string[],
    orders: Orders,
    logger: Logger,
    private readonly options: FleetOptions,
  ) {
    const changed = this.changed.bind(this);
    const link = options.tls?.call('inference');
    this.members = pods.map((address) => new Member(address, orders, logger, changed, link));
  }

  get catalogue(): readonly CatalogueEntry[] {
    return this.merged;
  }

  /** Whether every pod can be heard: only then is what is not in the catalogue not there. */
  get complete(): boolean {
    return this.members.every((member) => member.settled);
  }

  /** Whether any pod was ever heard: before, an empty catalogue says nothing. */
  get known(): boolean {
    return this.heard;
  }

  pool(model: ModelKey): Pool | undefined {
    return this.pools.get(keyOf(model));
  }

  /** The pools in which anything waits. */
  *crowded(): Generator<Pool> {
    for (const pool of this.pools.values()) if (pool.waiting.size > 0) yield pool;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  close(): void {
    for (const member of this.members) member.close();
    for (const pool of this.pools.values()) pool.close();
  }

  private changed(): void {
    this.heard ||= this.members.some((member) => member.reachable);
    this.merged = mergeCatalogues(this.members.map(({ models }) => models));
    const byMember = this.members.map((member) => ({
      member,
      models: new Map(member.models.map((entry) => [keyOf(entry), entry])),
    }));
    const listed = new Map(this.merged.map((entry) => [keyOf(entry), entry]));
    for (const [key, entry] of listed) {
      const own = this.replicasOf(entry);
      for (const { member, models } of byMember) {
        const here = models.get(key);
        if (here && !own.has(member)) own.set(member, new Replica(member, entry, this.options.maxInFlightPerHost));
        own.get(member)?.update(here);
      }
      const pool = this.pools.get(key) ?? new Pool(entry, this.options);
      this.pools.set(key, pool);
      pool.update(entry, [...own.values()]);
    }
    this.dropUnlisted(listed);
    for (const listener of [...this.listeners]) listener();
  }

  private replicasOf(model: ModelKey): Map<Member, Replica> {
    const key = keyOf(model);
    const own = this.replicas.get(key) ?? new Map<Member, Replica>();
    this.replicas.set(key, own);
    return own;
  }

  /** A model that no pod has any more is forgotten; while a pod is away, it may be the one that has it. */
  private dropUnlisted(listed: ReadonlyMap<string, CatalogueEntry>): void {
    for (const [key, pool] of this.pools) {
      if (listed.has(key)) continue;
      for (const replica of pool.replicas) replica.update(undefined);
      pool.waiting.update();
      if (!this.complete || !pool.isIdle) continue;
      pool.close();
      this.pools.delete(key);
      this.replicas.delete(key);
    }
  }
}

const RANK = { ready: 4, loading: 3, cold: 2, unloaded: 1, broken: 0 } as const satisfies Record<
  CatalogueEntry['state'],
  number
>;

/** One entry a version, in the best state that a pod has it in. */
export function mergeCatalogues(catalogues: readonly (readonly CatalogueEntry[])[]): CatalogueEntry[] {
  const merged = new Map<string, CatalogueEntry>();
  for (const entry of catalogues.flat()) {
    const known = merged.get(keyOf(entry));
    if (!known || RANK[entry.state] > RANK[known.state]) merged.set(keyOf(entry), entry);
  }
  return [...merged.values()].sort((a, b) =>
    a.name === b.name ? Number(a.version) - Number(b.version) : a.name < b.name ? -1 : 1,
  );
}
