import type { PoolDescription } from '@medserve/fleet';
import { DemandWindow, ReplicaDecider, type ScalingDecision, type ScalingPolicy } from '@medserve/serving';
import type { PoolFigures } from '../demand/demand-board';

/** Who keeps the time after the last request in which the last replica stays: KEDA, or nobody but us. */
export type CooldownKeeper = 'keda' | 'own';

const SECOND_MS = 1_000;
/* A second of demand is heard up to a second after it ended: decided is about those that every router has told of. */
const LAG_MS = SECOND_MS;

/** One pool: its demand of the last 900 seconds and what was decided last. */
export class PoolScaling {
  private readonly window = new DemandWindow();
  private decider: ReplicaDecider;
  private last: ScalingDecision | undefined;
  private isAskedFor = false;

  constructor(
    private described: PoolDescription,
    private readonly cooldown: CooldownKeeper,
  ) {
    this.decider = new ReplicaDecider(described.scaling);
  }

  get description(): PoolDescription {
    return this.described;
  }

  get policy(): ScalingPolicy {
    return this.described.scaling;
  }

  /** Undefined: nothing was decided yet, or nothing can be any more. */
  get decision(): ScalingDecision | undefined {
    return this.last;
  }

  /** Whether a replica is to be there at all: it is asked for something, or some are kept now. KEDA counts its cooldown from the end of it. */
  get isActive(): boolean {
    return this.last !== undefined && (this.isAskedFor || this.last.floor > 0);
  }

  observe(second: number, slots: number): void {
    this.window.add(second, slots);
    this.decider.observe(second, slots);
  }

  /** @param wallMs what the clock on the wall says, for the calendar */
  decide(figures: PoolFigures, nowMs: number, wallMs: number): void {
    const { readyReplicas, startingReplicas, queuedSlots, runningSlots, active, idleMs } = figures;
    const slots = queuedSlots + runningSlots;
    this.isAskedFor = active || slots > 0;
    this.last = this.decider.decide({
      nowMs: nowMs - LAG_MS,
      calendarMs: wallMs,
      slots,
      active,
      idleMs,
      readyReplicas,
      startingReplicas,
      // What is there counts, whoever ordered it: otherwise it would be taken without having been wished away.
      replicas: Math.max(this.last?.replicas ?? 0, readyReplicas + startingReplicas),
      isCooling: this.cooldown === 'own',
    });
  }

  /** Too little is known now. What was decided before is forgotten: when the routers are heard again, what is there is begun with. */
  suspend(): void {
    this.last = undefined;
  }

  /** Takes up another description of the pool: what was asked of it until now is not forgotten. */
  describe(described: PoolDescription): void {
    this.described = described;
    const decider = new ReplicaDecider(described.scaling);
    this.window.each((second, slots) => {
      decider.observe(second, slots);
    });
    this.decider = decider;
  }
}
