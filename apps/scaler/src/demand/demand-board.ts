import type { PoolDemand, PoolTotals, WaitingRequests, WatchDemandResponse } from '@medserve/contracts';
import { SECONDS_KEPT } from '@medserve/serving';
import { RouterDemand, type SecondListener } from './router-demand';
import { sumOfTotals, sumOfWaiting } from './sums';

export interface BoardRules {
  /** How long the last word of a router that has fallen silent counts, in milliseconds. */
  readonly keepMs: number;
  /** The most slots of a pool that one router may ask for; what is above it does not count. */
  readonly maxRouterSlots: number;
}

export interface BoardListener {
  /** Of one router; already cut to what it may ask for. */
  readonly onSecond: SecondListener;
  /** A router began to ask for more than it may. */
  readonly onCut: (address: string) => void;
}

/** What is asked of a pool, by all routers together. */
export interface PoolFigures {
  readonly queuedSlots: number;
  readonly runningSlots: number;
  /** As the router that sees most of them sees them: all know all replicas. */
  readonly readyReplicas: number;
  readonly startingReplicas: number;
  readonly idleMs: number;
  readonly active: boolean;
  readonly oldestWaitMs: number;
  readonly waiting: WaitingRequests;
  readonly totals: PoolTotals;
}

/** `heard`: it speaks. `silent`: it spoke since the start, and not of late. `unknown`: it has not spoken yet. */
export type RouterState = 'heard' | 'silent' | 'unknown';

/** One place where a router is. */
interface Place {
  readonly knownSinceMs: number;
  /** The id of the router that spoke there last. */
  router: string | undefined;
}

/** Routers speak every second. */
const SILENT_AFTER_MS = 3_000;
/** For as long as the history that a router tells when it is heard anew. */
const FORGOTTEN_AFTER_MS = 900_000;

/**
 * The demand of all routers. What it holds can be asked of them again: their first message tells of the last 900 seconds. It is complete
 * once every router that is known has spoken, or has not for as long as its word would count.
 */
export class DemandBoard {
  private readonly places = new Map<string, Place>();
  private readonly routers = new Map<string, RouterDemand>();
  /** Addresses of routers that ask for more than they may. */
  private readonly cut = new Set<string>();
  private isRebuilt = false;
  private isEverySourceRead = false;

  constructor(
    private readonly rules: BoardRules,
    private readonly listener: BoardListener,
    private readonly beganMs: number,
  ) {}

  /** Whether every source of addresses was read since the start: until then there may be routers of which nothing is known. */
  sourcesRead(isEvery: boolean): void {
    this.isEverySourceRead = isEvery;
  }

  /** A router is to be found here; it is waited for. */
  expect(address: string, nowMs: number): void {
    if (!this.places.has(address)) this.places.set(address, { knownSinceMs: nowMs, router: undefined });
  }

  /** No router is there any more. What the last one said counts for as long as that of a silent one. */
  forget(address: string): void {
    this.places.delete(address);
    this.cut.delete(address);
  }

  hear(address: string, message: WatchDemandResponse, nowMs: number): void {
    const place = this.places.get(address);
    if (!place) return;
    this.prune(nowMs);
    // Another start of the router that was there: nothing waits any more in what that one was.
    const before = place.router;
    place.router = message.router;
    if (before !== undefined && ![...this.places.values()].some(({ router }) => router === before))
      this.routers.delete(before);
    let router = this.routers.get(message.router);
    if (!router) {
      router = new RouterDemand(nowMs, this.listener.onSecond);
      this.routers.set(message.router, router);
    }
    router.hear(this.cutToSize(address, message), nowMs);
  }

  /** Lets seconds pass: those of a silent router are counted for as long as its word counts. */
  tick(nowMs: number): void {
    for (const router of this.counting(nowMs)) router.bridge(nowMs);
  }

  /**
   * Whether enough is known to say what is asked of a pool: every router was heard since the start, or has had the time in which its word
   * would have gone stale; one of them at least is heard now, or was until a moment ago.
   */
  isKnown(pool: string, nowMs: number): boolean {
    return this.rebuilt(nowMs) && this.counting(nowMs).some((router) => router.poolOf(pool) !== undefined);
  }

  /** Once true, stays so: a router that comes later brings its demand with it. */
  rebuilt(nowMs: number): boolean {
    const isOver = (sinceMs: number): boolean => nowMs - sinceMs >= this.rules.keepMs;
    this.isRebuilt ||=
      this.routers.size > 0 &&
      (this.isEverySourceRead || isOver(this.beganMs)) &&
      [...this.places.values()].every(({ router, knownSinceMs }) => router !== undefined || isOver(knownSinceMs));
    return this.isRebuilt;
  }

  figuresOf(pool: string, nowMs: number): PoolFigures {
    const told = this.counting(nowMs).flatMap((router) => router.poolOf(pool) ?? []);
    const sum = (figure: (demand: PoolDemand) => number): number =>
      told.reduce((total, demand) => total + figure(demand), 0);
    const most = (figure: (demand: PoolDemand) => number): number => Math.max(0, ...told.map(figure));
    const active = told.some((demand) => demand.active);
    // A router that nobody asked yet says 0, like one in which a request is inside.
    const idle = told.map(({ idleMs }) => idleMs).filter((idleMs) => idleMs > 0);
    return {
      queuedSlots: sum(({ queuedSlots }) => queuedSlots),
      runningSlots: sum(({ runningSlots }) => runningSlots),
      readyReplicas: most(({ readyReplicas }) => readyReplicas),
      startingReplicas: most(({ startingReplicas }) => startingReplicas),
      oldestWaitMs: most(({ oldestWaitMs }) => oldestWaitMs),
      waiting: sumOfWaiting(told),
      totals: sumOfTotals(told),
      active,
      idleMs: active || idle.length === 0 ? 0 : Math.min(...idle),
    };
  }

  states(nowMs: number): Readonly<Record<RouterState, number>> {
    const count = { heard: 0, silent: 0, unknown: 0 };
    for (const { router } of this.places.values()) {
      const heardAtMs = router === undefined ? undefined : this.routers.get(router)?.heardAtMs;
      if (heardAtMs === undefined) count.unknown += 1;
      else if (nowMs - heardAtMs <= SILENT_AFTER_MS) count.heard += 1;
      else count.silent += 1;
    }
    return count;
  }

  private counting(nowMs: number): RouterDemand[] {
    return [...this.routers.values()].filter(({ heardAtMs }) => nowMs - heardAtMs <= this.rules.keepMs);
  }

  /** Kept beyond what they count for, so that a router that is heard again does not tell of the same seconds twice. */
  private prune(nowMs: number): void {
    for (const [id, { heardAtMs }] of this.routers) if (nowMs - heardAtMs > FORGOTTEN_AFTER_MS) this.routers.delete(id);
  }

  /** A router that has gone wrong takes at most so much of the fleet with it. */
  private cutToSize(address: string, message: WatchDemandResponse): WatchDemandResponse {
    const { maxRouterSlots: most } = this.rules;
    const isOver = message.pools.some(({ queuedSlots, runningSlots }) => queuedSlots + runningSlots > most);
    if (isOver && !this.cut.has(address)) this.listener.onCut(address);
    if (isOver) this.cut.add(address);
    else this.cut.delete(address);
    // What is no number is none: added to the others it would make theirs none too.
    const cut = (slots: number, limit = most): number => (slots > 0 ? Math.min(limit, slots) : 0);
    const pools = message.pools.map((demand) => {
      const runningSlots = cut(demand.runningSlots);
      return {
        ...demand,
        runningSlots,
        queuedSlots: cut(demand.queuedSlots, most - runningSlots),
        recent: demand.recent.slice(0, SECONDS_KEPT).map((slots) => cut(slots)),
      };
    });
    return { ...message, pools };
  }
}
