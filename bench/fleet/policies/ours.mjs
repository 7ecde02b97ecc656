import { KIND_DEFAULTS, ReplicaDecider } from '../product.mjs';

const SECOND_MS = 1_000;
const CLINIC = ['mon', 'tue', 'wed', 'thu', 'fri'];
const EVERY_DAY = [...CLINIC, 'sat', 'sun'];

/** What an operator would write: a pool that serves emergencies is never cold, and a part of its peak is there when the clinic opens. */
const floorsOf = ({ classes, peakReplicas }) => {
  if (classes[0] === 0 && classes[1] === 0) return [];
  const timeZone = 'Europe/Berlin';
  return [
    { days: EVERY_DAY, fromMinute: 0, toMinute: 0, timeZone, replicas: 1 },
    { days: CLINIC, fromMinute: 405, toMinute: 1_080, timeZone, replicas: Math.max(1, Math.round(0.3 * peakReplicas)) },
  ];
};

export function scalingPolicyOf(pool, { hasCalendar, change = {} }) {
  const { targetUtilization, stableWindowMs, panicWindowMs, panicThreshold, up, down, lingerMs, cooldownMs } =
    KIND_DEFAULTS[pool.kind];
  return {
    slotsPerReplica: pool.slots,
    targetUtilization,
    minReplicas: 0,
    maxReplicas: pool.maxReplicas,
    stableWindowMs,
    panicWindowMs,
    panicThreshold,
    up,
    down,
    lingerMs,
    cooldownMs,
    floors: hasCalendar ? floorsOf(pool) : [],
    idleWarmth: 'cold',
    ...change,
  };
}

/** The product's own decision, applied as soon as it is made. */
class Ours {
  constructor(policy, { tickS, startMs, firstSlots }) {
    this.decider = new ReplicaDecider(policy);
    this.tickS = tickS;
    this.room = { replicas: 0, wanted: 0, mode: 'stable', because: 'idle', warmth: 'cold', floor: 0 };
    for (let back = 900; back > 0; back -= 1) this.decider.observe(startMs / SECOND_MS - back, firstSlots);
  }

  observe(nowMs, slots) {
    const end = nowMs / SECOND_MS;
    for (let back = this.tickS; back > 0; back -= 1) this.decider.observe(end - back, slots);
  }

  decide(situation) {
    return this.decider.decide(situation, this.room).replicas;
  }
}

export const ours = {
  name: 'ours',
  title: 'MedServe',
  note: 'the decision of libs/serving with the defaults of libs/fleet and a calendar, applied every 2 s',
  everyS: 2,
  of: (pool, context) => new Ours(scalingPolicyOf(pool, { hasCalendar: true, change: context.change }), context),
};

export const oursWithoutCalendar = {
  name: 'ours-no-calendar',
  title: 'MedServe, no calendar',
  note: 'the same without floors: every pool may be at zero at any hour',
  everyS: 2,
  of: (pool, context) => new Ours(scalingPolicyOf(pool, { hasCalendar: false, change: context.change }), context),
};

/** How far an HPA lets a pool be from what is wanted before it does anything. */
const TOLERANCE = 0.1;
const SYNC_MS = 15 * SECOND_MS;

/** The same decision as KEDA and an HPA apply it: from zero at once, else at the HPA's next look and beyond its tolerance. */
class OursThroughKeda extends Ours {
  constructor(policy, context) {
    super(policy, context);
    this.nextMs = context.startMs + context.phase * SYNC_MS;
  }

  decide(situation) {
    const wanted = super.decide(situation);
    const { replicas, nowMs } = situation;
    if (replicas === 0 || wanted === 0) return wanted;
    if (nowMs < this.nextMs) return replicas;
    this.nextMs += SYNC_MS;
    // What is reported is what is wanted before the pace, which the HPA keeps itself: a small step of a paced answer would never pass.
    return Math.abs(this.room.wanted / replicas - 1) <= TOLERANCE ? replicas : wanted;
  }
}

export const oursThroughKeda = {
  name: 'ours-keda',
  title: 'MedServe through KEDA',
  note: 'the same decision as KEDA and an HPA apply it: every 15 s, and a tenth of tolerance',
  everyS: 2,
  of: (pool, context) =>
    new OursThroughKeda(scalingPolicyOf(pool, { hasCalendar: true, change: context.change }), context),
};
