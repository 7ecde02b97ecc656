import { isDeepStrictEqual } from 'node:util';
import type { WatchDemandResponse } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import type { PoolDescription } from '@medserve/fleet';
import type { ScalingDecision } from '@medserve/serving';
import type { Clock } from '../clock';
import { DemandBoard, type BoardRules, type PoolFigures, type RouterState } from '../demand/demand-board';
import { PoolScaling, type CooldownKeeper } from './pool-scaling';

export interface DecisionRules extends BoardRules {
  readonly cooldown: CooldownKeeper;
  readonly onCut: (address: string) => void;
}

/** What is asked of a pool and what it is to have; `decision` is absent while too little is known to decide. */
export interface PoolState {
  readonly description: PoolDescription;
  readonly figures: PoolFigures;
  readonly decision: ScalingDecision | undefined;
  /** Whether a replica is to be there at all; false while too little is known. */
  readonly isActive: boolean;
}

/**
 * How many replicas each pool is to have: decided every second, and at once when a pool without any is asked for something. Everything
 * is answered from memory.
 */
export class Decisions {
  private readonly board: DemandBoard;
  private readonly pools = new Map<string, PoolScaling>();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly rules: DecisionRules,
    descriptions: readonly PoolDescription[],
    private readonly clock: Pick<Clock, 'now' | 'wall'>,
  ) {
    const listener = {
      onSecond: (pool: string, second: number, slots: number) => this.pools.get(pool)?.observe(second, slots),
      onCut: rules.onCut,
    };
    this.board = new DemandBoard(rules, listener, clock.now());
    this.describe(descriptions);
  }

  /** Takes up another description of the fleet. */
  describe(descriptions: readonly PoolDescription[]): void {
    const names = new Set(descriptions.map(({ name }) => name));
    for (const name of this.pools.keys()) if (!names.has(name)) this.pools.delete(name);
    for (const description of descriptions) {
      const known = this.pools.get(description.name);
      if (!known) this.pools.set(description.name, new PoolScaling(description, this.rules.cooldown));
      else if (!isDeepStrictEqual(known.description, description)) known.describe(description);
    }
    this.decideAll();
    this.tell();
  }

  /** Whether every source of the routers' addresses was read since the start. */
  sourcesRead(isEvery: boolean): void {
    this.board.sourcesRead(isEvery);
  }

  expect(address: string): void {
    this.board.expect(address, this.clock.now());
  }

  forget(address: string): void {
    this.board.forget(address);
  }

  hear(address: string, message: WatchDemandResponse): void {
    this.board.hear(address, message, this.clock.now());
    const waiting = message.pools.flatMap(({ pool, active }) => {
      const scaling = this.pools.get(pool);
      const isEdge = active && scaling?.isActive === false;
      return scaling && (isEdge || !scaling.decision) ? [scaling] : [];
    });
    for (const scaling of waiting) this.decide(scaling);
    this.tell();
  }

  /** A second has passed. */
  tick(): void {
    this.board.tick(this.clock.now());
    this.decideAll();
    this.tell();
  }

  /** Calls `listener` after everything that was heard or decided; gives back how to stop. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  all(): PoolState[] {
    return [...this.pools.values()].map((scaling) => this.stateOf(scaling));
  }

  get(pool: string): PoolState | undefined {
    const scaling = this.pools.get(pool);
    return scaling && this.stateOf(scaling);
  }

  /** @throws ServingError `unavailable` while too little is known: whoever asks keeps what there is */
  decisionOf({ description, decision }: PoolState): ScalingDecision {
    if (decision) return decision;
    throw new ServingError(
      'unavailable',
      this.isRebuilt
        ? 'No router that knows the pool is heard: its replicas are left as they are.'
        : 'Not every router was heard since the start: replicas are left as they are.',
      { limit: `pool: ${description.name}` },
    );
  }

  get isRebuilt(): boolean {
    return this.board.rebuilt(this.clock.now());
  }

  get routers(): Readonly<Record<RouterState, number>> {
    return this.board.states(this.clock.now());
  }

  private stateOf(scaling: PoolScaling): PoolState {
    const { description, decision, isActive } = scaling;
    return { description, decision, isActive, figures: this.board.figuresOf(description.name, this.clock.now()) };
  }

  private decideAll(): void {
    for (const scaling of this.pools.values()) this.decide(scaling);
  }

  private decide(scaling: PoolScaling): void {
    const { name } = scaling.description;
    const nowMs = this.clock.now();
    if (this.board.isKnown(name, nowMs)) scaling.decide(this.board.figuresOf(name, nowMs), nowMs, this.clock.wall());
    else scaling.suspend();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
