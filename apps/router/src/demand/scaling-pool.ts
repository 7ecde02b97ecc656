import type { PoolDemand } from '@medserve/contracts';
import type { ClassName } from '@medserve/rpc';
import { DemandMeter, slotsOf } from '@medserve/serving';
import type { PoolOutcome, RouterObserver } from '../settings';
import { ColdStarts } from './cold-starts';
import { PoolTally } from './pool-tally';
import { Ticket, type Counter } from './ticket';

/** What an operator says of a pool, as far as its demand and those who wait for it go. */
export interface PoolTerms {
  readonly name: string;
  /** Cost units that one slot stands for. */
  readonly unitsPerSlot: number;
  readonly lingerMs: number;
  /** Requests that may wait for each of its models, and how long while no replica has the model loaded. */
  readonly waiting: { readonly requests: number; readonly forMs: number };
  /** Whether replicas come when they are asked for, so that it is worth waiting where there is none. */
  readonly isScaled: boolean;
}

export interface ReplicaCounts {
  /** Take requests. */
  readonly ready: number;
  /** Are known, and do not take requests yet. */
  readonly starting: number;
  /** Take nothing new. */
  readonly draining: number;
}

const NO_REPLICAS: ReplicaCounts = { ready: 0, starting: 0, draining: 0 };

/** Of those that wait, how many are of each class. */
function waitingByClass(queued: Iterable<Ticket>): Record<ClassName, number> {
  const waiting = { stat: 0, urgent: 0, routine: 0, research: 0 };
  for (const { requestClass } of queued) if (requestClass !== undefined) waiting[requestClass] += 1;
  return waiting;
}

/* Means are kept by whole seconds of the epoch, so that those of several routers can be added. */
const ORIGIN_MS = performance.timeOrigin;

/**
 * What one Deployment serves, as demand: the slots that requests wait for and hold. Times are on the clock of `performance.now()`.
 */
export class ScalingPool implements Counter {
  replicas: ReplicaCounts = NO_REPLICAS;
  readonly coldStarts = new ColdStarts();
  private readonly meter: DemandMeter;
  private readonly tally = new PoolTally();
  /** In the order in which they came. */
  private readonly queued = new Set<Ticket>();
  private inside = 0;
  private woken: { readonly ticket: Ticket; readonly timer: NodeJS.Timeout } | undefined;

  /** @param onActive told when something is asked of the pool, and nothing was so lately that it still counted */
  constructor(
    readonly terms: PoolTerms,
    private readonly observer: RouterObserver,
    private readonly onActive: (pool: ScalingPool) => void = () => undefined,
  ) {
    this.meter = new DemandMeter(terms.lingerMs);
    // From now on a second without requests is known to be one.
    this.meter.reading(ORIGIN_MS + performance.now());
  }

  get name(): string {
    return this.terms.name;
  }

  get isIdle(): boolean {
    return this.inside === 0;
  }

  /** A request comes that costs so many units (0: not known). Whoever calls sees to it that the ticket leaves. */
  enter(nowMs: number, costUnits: number, requestClass: ClassName): Ticket {
    if (this.replicas.ready === 0) {
      this.tally.cold();
      this.observer.onColdRequest(this.name);
    }
    return new Ticket(this, slotsOf(costUnits, this.terms.unitsPerSlot), nowMs, requestClass);
  }

  /** Asks for a replica for requests to come: counts as one that waits for the time of the linger. */
  wake(nowMs: number): void {
    const ticket = this.woken?.ticket ?? new Ticket(this, 1, nowMs);
    clearTimeout(this.woken?.timer);
    this.queued.delete(ticket);
    const end = (): void => {
      this.woken = undefined;
      ticket.leave(performance.now());
    };
    this.woken = { ticket, timer: setTimeout(end, this.terms.lingerMs).unref() };
  }

  entered(ticket: Ticket, nowMs: number): void {
    const isNews = this.inside === 0 && !this.meter.reading(ORIGIN_MS + nowMs).active;
    this.inside += 1;
    this.queued.add(ticket);
    this.meter.enter(ORIGIN_MS + nowMs, ticket.slots);
    if (this.replicas.ready === 0) this.coldStarts.begin(nowMs, isNews);
    else if (isNews) this.coldStarts.abandon();
    if (isNews) this.onActive(this);
  }

  started(ticket: Ticket, nowMs: number): void {
    this.queued.delete(ticket);
    this.meter.start(ORIGIN_MS + nowMs, ticket.slots);
  }

  left(ticket: Ticket, nowMs: number, from: 'queue' | 'run'): void {
    this.inside -= 1;
    this.queued.delete(ticket);
    this.meter.leave(ORIGIN_MS + nowMs, ticket.slots, from);
  }

  /** Somebody waits, perhaps for a replica that is gone. */
  lack(nowMs: number): void {
    if (this.replicas.ready === 0) this.coldStarts.begin(nowMs, false);
  }

  /** A replica has a model loaded and is connected. */
  served(nowMs: number): void {
    // The catalogue that says so may still be on its way.
    if (this.replicas.ready === 0) this.replicas = { ...this.replicas, ready: 1 };
    const tookMs = this.coldStarts.end(nowMs);
    if (tookMs !== undefined) this.observer.onColdStart(this.name, tookMs / 1_000);
  }

  waited(name: ClassName, seconds: number): void {
    this.observer.onPoolWaited(this.name, name, seconds);
  }

  ended(name: ClassName, outcome: PoolOutcome, seconds: number): void {
    this.tally.ended(outcome);
    this.observer.onPoolEnded(this.name, name, outcome, seconds);
  }

  /** @param sinceMs seconds that ended before are left out of `recent`; absent: all that are kept are in it */
  demand(nowMs: number, sinceMs?: number): PoolDemand {
    const { queuedSlots, runningSlots, idleMs, active } = this.meter.reading(ORIGIN_MS + nowMs);
    const [oldest] = this.queued;
    return {
      pool: this.name,
      queuedSlots,
      runningSlots,
      readyReplicas: this.replicas.ready,
      startingReplicas: this.replicas.starting,
      idleMs,
      active,
      oldestWaitMs: oldest ? Math.max(0, nowMs - oldest.sinceMs) : 0,
      recent: this.meter.recent(ORIGIN_MS + nowMs, sinceMs === undefined ? undefined : ORIGIN_MS + sinceMs),
      waiting: waitingByClass(this.queued),
      totals: this.tally.totals,
    };
  }

  close(): void {
    clearTimeout(this.woken?.timer);
    this.woken = undefined;
  }
}
