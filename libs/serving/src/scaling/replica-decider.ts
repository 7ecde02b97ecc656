import { Calendar } from './calendar';
import { DemandWindow, SECONDS_KEPT } from './demand-window';
import { PaceLimits } from './pace-limits';
import { WARMTHS, type CalendarFloor, type ScalingPolicy, type WarmHours, type Warmth } from './policy';
import type { ScalingDecision, ScalingReason, ScalingSituation } from './scaling-decision';
import { SlidingExtremes } from './sliding-extremes';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/**
 * Of two counts that both keep demand this close to the target, the one that is there already is kept: a replica more costs a start, and
 * a replica less costs the next one.
 */
const TOLERANCE = 0.05;

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** What `decide` writes into, for a caller that decides too often to leave a new object behind each time. */
export type DecisionRoom = Mutable<ScalingDecision>;

const room = (): DecisionRoom => ({
  replicas: 0,
  wanted: 0,
  mode: 'stable',
  because: 'idle',
  warmth: 'cold',
  floor: 0,
});

/**
 * Decides how many replicas a pool is to have, from its demand over a stable window and, when that explodes, over a short one (the idea is
 * that of Knative's pod autoscaler), within limits, a calendar, windows and a pace. Deciders that were told the same seconds and
 * the same situations decide the same; one that begins later knows from the seconds what it would have wished before.
 */
export class ReplicaDecider {
  private readonly demand = new DemandWindow();
  private readonly perReplica: number;
  private readonly floors: Calendar<CalendarFloor>;
  private readonly warmHours: Calendar<WarmHours>;
  private readonly upWishes: SlidingExtremes;
  private readonly downWishes: SlidingExtremes;
  private readonly pace: PaceLimits;
  private nowMs = Number.NEGATIVE_INFINITY;
  private activeMs = Number.NaN;
  private panicUntilMs = Number.NEGATIVE_INFINITY;
  private panicPeak = 0;
  private calendarAheadMs = 0;
  private minute = Number.NaN;
  private floor = 0;
  private idleWarmth: Warmth;
  /** What demand asks for, where more is needed, and where fewer are enough. */
  private more = 0;
  private fewer = 0;

  /** @throws RangeError for a time zone that is none */
  constructor(private readonly policy: ScalingPolicy) {
    this.perReplica = policy.slotsPerReplica * policy.targetUtilization;
    this.floors = new Calendar(policy.floors);
    this.warmHours = new Calendar(policy.warmHours ?? []);
    this.upWishes = new SlidingExtremes(policy.up.stabilizationMs);
    this.downWishes = new SlidingExtremes(policy.down.stabilizationMs);
    this.pace = new PaceLimits(policy.up, policy.down);
    this.idleWarmth = policy.idleWarmth;
  }

  /**
   * Mean slots of a whole second, of one router or of several.
   *
   * @param second since the epoch
   */
  observe(second: number, slots: number): void {
    this.demand.add(second, slots);
  }

  /** @param into overwritten and given back; absent: a new object */
  decide(situation: ScalingSituation, into: DecisionRoom = room()): ScalingDecision {
    const { replicas, slots, readyReplicas, startingReplicas } = situation;
    const { minReplicas, maxReplicas } = this.policy;
    const committed = readyReplicas + startingReplicas;
    this.calendarAheadMs = (situation.calendarMs ?? situation.nowMs) - situation.nowMs;
    if (this.nowMs === Number.NEGATIVE_INFINITY) this.recall(situation, committed);
    const nowMs = Math.max(situation.nowMs, this.nowMs);
    this.nowMs = nowMs;
    this.wish(nowMs, committed);
    this.pace.see(nowMs, replicas);

    const isAsked = slots > 0 || situation.active;
    const isKept = isAsked || this.isCooling(situation, nowMs);
    const isPanic = nowMs < this.panicUntilMs;
    const must = isAsked || (isKept && replicas > 0) ? 1 : 0;
    const more = Math.min(maxReplicas, Math.max(this.more, this.floor, must));
    const fewer = Math.min(maxReplicas, Math.max(this.fewer, this.floor, must));
    const wanted = replicas < more ? more : Math.min(replicas, fewer);

    let because = this.reasonOf(slots, must, wanted, isPanic);
    let next = wanted;
    if (wanted > replicas) {
      // What the calendar asks for was known long ago: it has lasted.
      const lasted = Math.max(this.upWishes.min, this.floor, must);
      next = Math.max(replicas, Math.min(wanted, lasted));
      if (next < wanted) because = 'window';
      const most = Math.max(replicas, this.pace.most, minReplicas, must);
      if (next > most) {
        next = most;
        because = 'pace';
      }
    } else if (wanted < replicas) {
      // Nobody asked for as long as the cooldown: that is the window of the way to zero.
      const isOver = !isKept && situation.isCooling === true;
      const lasted = isPanic ? replicas : isOver ? wanted : Math.min(replicas, Math.max(wanted, this.downWishes.max));
      next = lasted;
      if (next > wanted) because = isPanic ? 'panic' : 'window';
      const least = Math.min(replicas, this.pace.least);
      if (next < least) {
        next = least;
        because = 'pace';
      }
      if (next > maxReplicas) {
        next = maxReplicas;
        because = 'most';
      }
    }

    into.replicas = next;
    into.wanted = wanted;
    into.mode = isPanic ? 'panic' : 'stable';
    into.because = because;
    into.warmth = next > 0 ? 'hot' : this.idleWarmth;
    into.floor = this.floor;
    return into;
  }

  /** What demand asks for at a time, kept for the windows. */
  private wish(nowMs: number, committed: number): void {
    const { stableWindowMs, panicWindowMs, panicThreshold, maxReplicas } = this.policy;
    const second = Math.floor(nowMs / SECOND_MS);
    const stable = this.demand.mean(second, stableWindowMs) / this.perReplica;
    const short = this.demand.mean(second, panicWindowMs) / this.perReplica;
    // Replicas that start are on their way already: counted, demand that waits for them does not order them again.
    if (short >= panicThreshold * Math.max(1, committed)) this.panicUntilMs = nowMs + stableWindowMs;
    const isPanic = nowMs < this.panicUntilMs;
    const demand = isPanic ? Math.max(short, stable) : stable;
    this.more = Math.ceil(demand * (1 - TOLERANCE));
    this.fewer = Math.ceil(demand * (1 + TOLERANCE));
    this.panicPeak = isPanic ? Math.max(this.panicPeak, this.more) : 0;
    this.more = Math.max(this.more, this.panicPeak);
    this.fewer = Math.max(this.fewer, this.more);
    this.turnCalendar(nowMs + this.calendarAheadMs);
    this.upWishes.see(nowMs, Math.min(maxReplicas, Math.max(this.more, this.floor)));
    this.downWishes.see(nowMs, Math.min(maxReplicas, Math.max(this.fewer, this.floor)));
  }

  /**
   * Before the first decision: what would have been wished, as far back as the seconds tell. Where they tell too little, the replicas that
   * are there count as wished: they are not taken away for what was not seen.
   */
  private recall({ nowMs, replicas }: ScalingSituation, committed: number): void {
    const { up, down, stableWindowMs } = this.policy;
    const told = SECONDS_KEPT - Math.ceil(stableWindowMs / SECOND_MS);
    const needed = Math.ceil(Math.max(up.stabilizationMs, down.stabilizationMs) / SECOND_MS);
    for (let back = Math.min(told, needed); back > 0; back -= 1) this.wish(nowMs - SECOND_MS * back, committed);
    if (!this.demand.reaches(Math.floor(nowMs / SECOND_MS) - Math.min(told, needed)))
      this.downWishes.see(nowMs, replicas);
  }

  private turnCalendar(calendarMs: number): void {
    const minute = Math.floor(calendarMs / MINUTE_MS);
    if (minute === this.minute) return;
    this.minute = minute;
    const { minReplicas, maxReplicas, idleWarmth } = this.policy;
    this.floor = Math.min(
      maxReplicas,
      this.floors.most(calendarMs, minReplicas, ({ replicas }) => replicas),
    );
    const coldest = WARMTHS.length - 1;
    const warmth = this.warmHours.most(
      calendarMs,
      coldest - WARMTHS.indexOf(idleWarmth),
      (hours) => coldest - WARMTHS.indexOf(hours.warmth),
    );
    this.idleWarmth = WARMTHS[coldest - warmth] as Warmth;
  }

  /** Whether the last request left so short a time ago that the last replica stays; one that was never seen counts from the first look. */
  private isCooling({ active, slots, idleMs, isCooling }: ScalingSituation, nowMs: number): boolean {
    if (active || slots > 0 || Number.isNaN(this.activeMs)) this.activeMs = nowMs - idleMs;
    else if (idleMs > 0) this.activeMs = Math.max(this.activeMs, nowMs - idleMs);
    return isCooling === true && nowMs - this.activeMs < this.policy.lingerMs + this.policy.cooldownMs;
  }

  private reasonOf(slots: number, must: number, wanted: number, isPanic: boolean): ScalingReason {
    const { minReplicas, maxReplicas } = this.policy;
    const byDemand = Math.max(this.more, slots > 0 ? 1 : 0);
    if (wanted === 0) return 'idle';
    if (Math.max(byDemand, this.floor) > maxReplicas && wanted === maxReplicas) return 'most';
    if (this.floor > Math.max(byDemand, must) && wanted === this.floor)
      return this.floor > minReplicas ? 'floor' : 'least';
    if (byDemand === 0) return must > 0 ? 'linger' : 'idle';
    return isPanic ? 'panic' : 'demand';
  }
}
