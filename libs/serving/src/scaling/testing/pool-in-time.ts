import type { ScalingPolicy } from '../policy';
import { ReplicaDecider } from '../replica-decider';
import type { ScalingDecision, ScalingSituation } from '../scaling-decision';

/** A Monday, 10:00 in Berlin. */
export const MONDAY_MS = Date.parse('2026-11-23T09:00:00Z');

export const POLICY: ScalingPolicy = {
  slotsPerReplica: 10,
  targetUtilization: 0.8,
  minReplicas: 0,
  maxReplicas: 100,
  stableWindowMs: 60_000,
  panicWindowMs: 6_000,
  panicThreshold: 2,
  up: { stabilizationMs: 0, replicas: 4, share: 1, periodMs: 15_000 },
  down: { stabilizationMs: 300_000, replicas: 1, share: 0.5, periodMs: 60_000 },
  lingerMs: 30_000,
  cooldownMs: 300_000,
  floors: [],
  idleWarmth: 'cold',
};
export const policy = (over: Partial<ScalingPolicy> = {}): ScalingPolicy => ({ ...POLICY, ...over });

/** A pool whose replicas are what was decided, ready `readyAfterSeconds` after they were ordered; decided once a second. */
export class PoolInTime {
  readonly decider: ReplicaDecider;
  readonly decisions: ScalingDecision[] = [];
  replicas: number;
  private second = MONDAY_MS / 1_000;
  private idleMs = 0;
  private readonly readyAfterSeconds: number;
  private readonly orders: { at: number; count: number }[] = [];

  constructor(
    private readonly rules: ScalingPolicy,
    { replicas = 0, readyAfterSeconds = 0 } = {},
  ) {
    this.decider = new ReplicaDecider(rules);
    this.replicas = replicas;
    this.readyAfterSeconds = readyAfterSeconds;
  }

  /** A second of so many slots, and what is decided at its end. */
  pass(slots: number): ScalingDecision {
    this.decider.observe(this.second, slots);
    this.second += 1;
    this.idleMs = slots > 0 ? 0 : this.idleMs + 1_000;
    const startingReplicas = this.orders.reduce(
      (sum, { at, count }) => sum + (this.second - at < this.readyAfterSeconds ? count : 0),
      0,
    );
    const decision = this.decider.decide({
      nowMs: this.second * 1_000,
      slots,
      active: this.idleMs < this.rules.lingerMs,
      idleMs: this.idleMs,
      readyReplicas: Math.max(0, this.replicas - startingReplicas),
      startingReplicas,
      replicas: this.replicas,
      isCooling: true,
    });
    if (decision.replicas > this.replicas)
      this.orders.push({ at: this.second, count: decision.replicas - this.replicas });
    this.replicas = decision.replicas;
    this.decisions.push(decision);
    return decision;
  }

  passAll(slots: readonly number[]): ScalingDecision {
    for (const each of slots) this.pass(each);
    return this.decisions.at(-1) as ScalingDecision;
  }
}

export const steady = (slots: number, seconds: number) => Array.from({ length: seconds }, () => slots);

export const situation = (over: Partial<ScalingSituation> = {}): ScalingSituation => ({
  nowMs: MONDAY_MS,
  slots: 0,
  active: false,
  idleMs: 0,
  readyReplicas: 0,
  startingReplicas: 0,
  replicas: 0,
  ...over,
});
