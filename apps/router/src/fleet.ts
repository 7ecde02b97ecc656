import type { CatalogueEntry, ModelKey, ServiceTls } from '@medserve/rpc';
import type { Logger } from '@medserve/runtime';
import type { DemandBoard } from './demand/demand-board';
import type { PoolTerms, ReplicaCounts, ScalingPool } from './demand/scaling-pool';
import { keyOf } from './keys';
import { Member } from './member';
import { mergeCatalogues } from './merge-catalogues';
import type { Orders } from './orders';
import { Pool, type PoolOptions } from './pool';
import type { PodGroup } from './pod-group';
import { Replica } from './replica';
import { addCounts, countMembers, countReplicas } from './replica-counts';

/** The pool of all models whose files, and so whose names, callers sent along. */
const SENT_ALONG = '(sent along)';

export interface FleetOptions extends PoolOptions {
  readonly maxInFlightPerHost: number;
  /** Of a model that no described pool names, which is a pool of its own. */
  readonly termsOf: (name: string) => PoolTerms;
  readonly tls?: ServiceTls | undefined;
}

/** All pods, the one catalogue that they make together, and a pool for each version of a model in it. */
export class Fleet {
  private readonly byAddress = new Map<string, Member>();
  private readonly listeners = new Set<() => void>();
  private readonly pools = new Map<string, Pool>();
  /** By model and pod: what was learned of a replica outlives its absence. */
  private readonly replicas = new Map<string, Map<Member, Replica>>();
  /** Of pods that are gone from their sources: until what runs there has ended. */
  private readonly retired = new Set<Replica>();
  private merged: readonly CatalogueEntry[] = [];
  /** Names of models that are listed although no pod that can be heard has them. */
  private absent: ReadonlySet<string> = new Set();
  private heard = false;
  private isComplete = false;

  /** @param groups in the order in which they are asked whose a model is */
  constructor(
    private readonly groups: readonly PodGroup[],
    private readonly board: DemandBoard,
    private readonly orders: Orders,
    private readonly logger: Logger,
    private readonly options: FleetOptions,
  ) {}

  get members(): readonly Member[] {
    return [...this.byAddress.values()];
  }

  get catalogue(): readonly CatalogueEntry[] {
    return this.merged;
  }

  /** Whether every pod can be heard, and of a pool without pods its models are known: only then is what is not listed not there. */
  get complete(): boolean {
    return this.isComplete;
  }

  /** Whether anything was ever heard: before, an empty catalogue says nothing. */
  get known(): boolean {
    return this.heard;
  }

  pool(model: ModelKey): Pool | undefined {
    return this.pools.get(keyOf(model));
  }

  /** Whether a model is listed that only pods to come will have. */
  isAbsent(name: string): boolean {
    return this.absent.has(name);
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

  /** The addresses of a group changed: pods that are new are followed, and those that are gone end what runs there. */
  rediscovered(): void {
    const wanted = new Set(this.groups.flatMap(({ addresses }) => addresses));
    const link = this.options.tls?.call('inference');
    const changed = this.changed.bind(this);
    for (const address of wanted)
      if (!this.byAddress.has(address))
        this.byAddress.set(address, new Member(address, this.orders, this.logger, changed, link));
    for (const [address, member] of this.byAddress) {
      if (wanted.has(address)) continue;
      this.byAddress.delete(address);
      this.retire(member);
    }
    this.changed();
  }

  /** An order was given: what of the pods' models is to be served is another. */
  reordered(): void {
    for (const member of this.byAddress.values()) member.changed();
    this.changed();
  }

  /** Those who wait for a place are told to go elsewhere. */
  giveBack(): void {
    for (const pool of this.pools.values()) pool.waiting.close();
  }

  close(): void {
    for (const member of this.byAddress.values()) member.close();
    for (const pool of this.pools.values()) pool.close();
    for (const replica of this.retired) replica.close();
  }

  private membersOf({ addresses }: PodGroup): readonly Member[] {
    return addresses.flatMap((address) => this.byAddress.get(address) ?? []);
  }

  private retire(member: Member): void {
    member.close();
    for (const own of this.replicas.values()) {
      const replica = own.get(member);
      if (!replica) continue;
      own.delete(member);
      replica.retire();
      this.retired.add(replica);
    }
  }

  private changed(): void {
    for (const replica of this.retired) if (replica.isOver) this.retired.delete(replica);
    const groups = this.groups.map((group) => ({ group, members: this.membersOf(group) }));
    const present = groups.map(({ group, members }) =>
      members.flatMap(({ models }) => models.filter((entry) => group.serves(entry))),
    );
    const absent = groups.flatMap(({ group, members }) => group.absent(members)).map((entry) => this.ordered(entry));
    this.merged = mergeCatalogues([...present, absent]);
    // Kept, as every request asks, and there may be thousands of pods.
    this.isComplete = groups.every(({ group, members }) => group.isComplete(members));
    const here = new Set(present.flat().map(keyOf));
    this.absent = new Set(absent.filter((entry) => !here.has(keyOf(entry))).map(({ name }) => name));
    this.heard ||= this.merged.length > 0 || this.members.some((member) => member.reachable);
    for (const { group, members } of groups) if (group.scaling) group.scaling.replicas = countMembers(members);
    const byMember = groups.flatMap(({ group, members }) =>
      members.map((member) => ({
        group,
        member,
        models: new Map(member.models.map((entry) => [keyOf(entry), entry])),
      })),
    );
    const listed = new Map(this.merged.map((entry) => [keyOf(entry), entry]));
    const counted = new Map<ScalingPool, ReplicaCounts>();
    for (const [key, entry] of listed) {
      const scaling = this.scalingOf(entry);
      const own = this.replicasOf(entry);
      const updated = new Set<Replica>();
      for (const { group, member, models } of byMember) {
        const here = models.get(key);
        if (!here || !group.serves(here)) continue;
        const demanded = group.scaling ?? scaling;
        const replica = own.get(member) ?? new Replica(member, entry, this.options.maxInFlightPerHost, demanded);
        own.set(member, replica);
        if (updated.has(replica)) continue;
        updated.add(replica);
        replica.scaling = demanded;
        replica.update(here);
      }
      // Who ends is one of the replicas until it is gone, though it is asked for nothing any more.
      for (const replica of own.values()) if (!updated.has(replica) && !replica.isDraining) replica.update(undefined);
      const pool = this.pools.get(key) ?? new Pool(entry, scaling, this.options);
      this.pools.set(key, pool);
      pool.update(entry, [...own.values()], scaling, scaling.terms.isScaled || !here.has(key));
      if (!scaling.terms.isScaled)
        counted.set(scaling, addCounts(countReplicas(pool.replicas, entry), counted.get(scaling)));
    }
    for (const [scaling, replicas] of counted) scaling.replicas = replicas;
    this.dropUnlisted(listed);
    for (const listener of [...this.listeners]) listener();
  }

  private ordered(entry: CatalogueEntry): CatalogueEntry {
    return this.orders.isUnloaded(entry.name) ? { ...entry, state: 'unloaded' } : entry;
  }

  /** Whose demand those are that wait for the model: the first pool's that has it, or the model's own. */
  private scalingOf(entry: CatalogueEntry): ScalingPool {
    const key = keyOf(entry);
    const having = this.groups.find((group) => group.scaling !== undefined && group.has(key));
    // A name that a caller chose is told to nobody.
    return having?.scaling ?? this.board.pool(this.options.termsOf(entry.sentAlong ? SENT_ALONG : key));
  }

  private replicasOf(model: ModelKey): Map<Member, Replica> {
    const key = keyOf(model);
    const own = this.replicas.get(key) ?? new Map<Member, Replica>();
    this.replicas.set(key, own);
    return own;
  }

  /** A model that no pod has any more is forgotten; while a pod is away, it may be the one that has it. */
  private dropUnlisted(listed: ReadonlyMap<string, CatalogueEntry>): void {
    const { complete } = this;
    for (const [key, pool] of this.pools) {
      if (listed.has(key)) continue;
      for (const replica of pool.replicas) replica.update(undefined);
      pool.unlisted();
      if (!complete || !pool.isIdle) continue;
      pool.close();
      this.pools.delete(key);
      this.replicas.delete(key);
      const isShared = [...this.pools.values()].some(({ scaling }) => scaling === pool.scaling);
      if (!pool.scaling.terms.isScaled && !isShared) this.board.drop(pool.scaling);
    }
  }
}
