import { windowAt, type Window } from './window';

/** Points of one window that this gateway has taken ahead from the shared counter. */
interface Held {
  readonly window: Window;
  readonly points: number;
  /** Points that this gateway has spent of the window. */
  readonly spent: number;
  /** Where the counter stood when it was asked last. How much that leaves is judged by the limit of the day: it can be changed. */
  readonly counted: number;
  /** The highest place on the counter of a point that this gateway was given. */
  readonly reach: number;
}

/** What a gateway knows of one quota. Points that it does not spend end with their window. */
export interface Lease {
  readonly current: Held | undefined;
  /** Taken before its window began, so that a pause of the store over the boundary is no pause of the service. */
  readonly next: Held | undefined;
  /** How many points to take next: as many as the last ones were used up quickly. */
  readonly slice: number;
  readonly grantedAtMs: number;
}

export interface LeaseRules {
  readonly limit: number;
  readonly windowS: number;
}

export interface LeaseRequest {
  readonly window: Window;
  readonly points: number;
}

export type SpendDecision =
  | { readonly kind: 'spent'; readonly lease: Lease }
  /** More points have to be taken first: at least so many. */
  | { readonly kind: 'short'; readonly lease: Lease; readonly missing: number }
  | { readonly kind: 'used_up'; readonly lease: Lease; readonly retryAfterMs: number };

export const NO_LEASE: Lease = { current: undefined, next: undefined, slice: 1, grantedAtMs: -Infinity };

/** No more of a window is taken ahead than one part in so many: what a gateway that dies takes with it. */
const SHARE = 20;
/** Nor more than this part of what is left, so that a window that ends is not parted into leases that nobody spends. */
const SHARE_OF_LEFT = 4;
/** A slice that lasts less than this was too small, and one that lasts longer than that too large, in milliseconds. */
const QUICK_MS = 500;
const SLOW_MS = 5_000;
/** This long before a window begins, in milliseconds and at most as a part of the window, its first points are taken. */
const AHEAD_MS = 2_000;
const AHEAD_PART = 0.1;

/** Retry-After is never longer: an operator can raise a limit, and 32 bits of milliseconds are too few for the longest windows. */
const LONGEST_RETRY_MS = 86_400_000;

const fresh = (window: Window): Held => ({ window, points: 0, spent: 0, counted: 0, reach: 0 });

/** What the counter has left, as far as is known: at most so much. */
const leftOf = ({ counted }: Held, { limit }: LeaseRules): number => Math.max(0, limit - counted);

/** Points that are held and within the limit: where it was lowered since, those that may lie beyond it are not spent. */
const spendable = ({ points, reach }: Held, { limit }: LeaseRules): number =>
  Math.max(0, points - Math.max(0, reach - limit));

const retryAfter = ({ window }: Held, nowMs: number): number => Math.min(window.endMs - nowMs, LONGEST_RETRY_MS);

/** The lease as it stands now: what was held of a window that is over is gone. */
function onTime(lease: Lease, rules: LeaseRules, nowMs: number): Lease & { readonly current: Held } {
  const window = windowAt(nowMs, rules.windowS);
  const { current, next } = lease;
  if (current?.window.startMs === window.startMs) return { ...lease, current };
  if (next?.window.startMs === window.startMs) return { ...lease, current: next, next: undefined };
  return { ...lease, current: fresh(window), next: undefined };
}

/** Spends points that are held, and says what to do where they are too few. @param points at least 1 */
export function spend(lease: Lease, rules: LeaseRules, nowMs: number, points: number): SpendDecision {
  const now = onTime(lease, rules, nowMs);
  const { current } = now;
  const within = spendable(current, rules);
  if (within >= points) {
    const held = { ...current, points: current.points - points, spent: current.spent + points };
    return { kind: 'spent', lease: { ...now, current: held } };
  }
  if (leftOf(current, rules) === 0) return { kind: 'used_up', lease: now, retryAfterMs: retryAfter(current, nowMs) };
  return { kind: 'short', lease: now, missing: points - within };
}

/** Gives points back that were spent on nothing. Those of a window that is over are gone. */
export function unspend(lease: Lease, window: Window, points: number): Lease {
  const { current } = lease;
  if (current?.window.startMs !== window.startMs) return lease;
  return { ...lease, current: { ...current, points: current.points + points, spent: current.spent - points } };
}

/**
 * What to ask the shared counter for now, if anything: what somebody waits for, the next slice when half of one is spent, or the
 * first slice of the window that comes.
 *
 * @param missing points that somebody waits for; 0: nobody waits
 */
export function wantedLease(lease: Lease, rules: LeaseRules, nowMs: number, missing: number): LeaseRequest | undefined {
  const { current, next, slice } = onTime(lease, rules, nowMs);
  const left = leftOf(current, rules);
  const most = Math.max(1, Math.floor(Math.min(rules.limit / SHARE, left / SHARE_OF_LEFT)));
  const points = Math.min(slice, most);
  if (left > 0 && (missing > 0 || (current.spent > 0 && current.points * 2 < points))) {
    return { window: current.window, points: Math.min(rules.limit, Math.max(missing, points)) };
  }
  const aheadMs = Math.min(AHEAD_MS, rules.windowS * 1000 * AHEAD_PART);
  if (next !== undefined || current.spent === 0 || nowMs < current.window.endMs - aheadMs) return undefined;
  const window = windowAt(current.window.endMs, rules.windowS);
  return { window, points: Math.max(1, Math.min(slice, Math.floor(rules.limit / SHARE))) };
}

/**
 * Takes in what the counter answered: it stands at `counted` with what was asked for added. What is beyond the limit was not
 * given, so all that all gateways ever get of a window is its limit, whatever answers are lost on the way. An answer for a window
 * that is over gives nothing.
 */
export function granted(
  lease: Lease,
  rules: LeaseRules,
  nowMs: number,
  { window, points }: LeaseRequest,
  counted: number,
): Lease {
  const now = onTime(lease, rules, nowMs);
  const given = Math.max(0, Math.min(points, rules.limit - (counted - points)));
  const add = (held: Held): Held => ({
    ...held,
    points: held.points + given,
    counted: Math.max(held.counted, counted),
    reach: Math.max(held.reach, Math.min(counted, rules.limit)),
  });
  const lastedMs = nowMs - lease.grantedAtMs;
  const slice = Math.max(
    1,
    lastedMs < QUICK_MS ? now.slice * 2 : lastedMs > SLOW_MS ? Math.floor(now.slice / 2) : now.slice,
  );
  const paced = { ...now, slice: Math.min(slice, Math.max(1, Math.floor(rules.limit / SHARE))), grantedAtMs: nowMs };
  if (window.startMs === now.current.window.startMs) return { ...paced, current: add(now.current) };
  if (window.startMs === now.current.window.endMs) return { ...paced, next: add(now.next ?? fresh(window)) };
  return paced;
}

/** How a quota stands, as far as this gateway knows; for telling, never for deciding. */
export function standing(lease: Lease, rules: LeaseRules, nowMs: number): { remaining: number; resetMs: number } {
  const { current } = onTime(lease, rules, nowMs);
  return { remaining: spendable(current, rules) + leftOf(current, rules), resetMs: current.window.endMs - nowMs };
}

/** Whether nothing at all can be spent before the window ends, or the limit is raised. @returns when to come back, if so */
export function usedUpFor(lease: Lease, rules: LeaseRules, nowMs: number): number | undefined {
  const { current } = onTime(lease, rules, nowMs);
  const isUsedUp = leftOf(current, rules) === 0 && spendable(current, rules) === 0;
  return isUsedUp ? retryAfter(current, nowMs) : undefined;
}
