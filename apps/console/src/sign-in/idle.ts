/** Before so long a time runs out, somebody is asked whether they are still there. */
const WARNING_MS = 60_000;

export type IdlePhase = 'active' | 'warned' | 'over';

export interface IdleState {
  readonly phase: IdlePhase;
  /** Until the session ends. */
  readonly leftMs: number;
}

/**
 * How a session stands that nobody touched since.
 *
 * @param touchedMs when somebody last did something, in milliseconds since the epoch
 * @param idleMs how long a session may stand untouched
 */
export function idleState(touchedMs: number, nowMs: number, idleMs: number): IdleState {
  const leftMs = Math.max(0, touchedMs + idleMs - nowMs);
  const warningMs = Math.min(WARNING_MS, idleMs / 2);
  return { phase: leftMs === 0 ? 'over' : leftMs <= warningMs ? 'warned' : 'active', leftMs };
}

/**
 * Whether a session is ended at a look at it. A page that slept finds itself at the end at once: it first hears what was done in other
 * tabs meanwhile, and looks again.
 *
 * @param before how the session stood at the look before
 */
export const isToEnd = (before: IdlePhase, now: IdlePhase): boolean => now === 'over' && before !== 'active';

/** How often other tabs hear of somebody who is there: they share the session, and ask and end it together. */
export const TELL_MS = 1_000;

/** How often the platform hears of somebody who is there, so that it does not end the session of who only reads. */
export const reportEveryMs = (idleMs: number): number => Math.min(60_000, idleMs / 4);
