import type { Tone } from '../ui';

/** How a state looks beside its word: a sign that is told apart without colour, and a tone. */
export interface StateLook {
  readonly sign: string;
  readonly tone: Tone;
}

const GOING: StateLook = { sign: '◔', tone: 'neutral' };
const DONE: StateLook = { sign: '✓', tone: 'good' };
const BROKEN: StateLook = { sign: '✕', tone: 'bad' };
const STOPPED: StateLook = { sign: '⊘', tone: 'warn' };

const LOOKS: Readonly<Record<string, StateLook>> = {
  running: GOING,
  completed: DONE,
  failed: BROKEN,
  cancelled: STOPPED,
  abandoned: { sign: '!', tone: 'bad' },
  receiving: { sign: '↓', tone: 'neutral' },
  complete: { sign: '…', tone: 'neutral' },
  inferring: GOING,
  inferred: { sign: '…', tone: 'neutral' },
  exporting: { sign: '↑', tone: 'neutral' },
  exported: DONE,
  skipped: STOPPED,
  waiting: { sign: '…', tone: 'neutral' },
  sending: { sign: '↑', tone: 'neutral' },
  delivered: DONE,
  dead: BROKEN,
};

/** A state that a later platform has, and this page does not know, is shown as its word. */
export const lookOf = (state: string): StateLook => LOOKS[state] ?? { sign: '·', tone: 'neutral' };

/** Of studies: something is still to be done, so that how long they have waited says something. */
const OPEN_STATES = ['receiving', 'complete', 'inferring', 'inferred', 'exporting'] as const;

export type Summary = Readonly<Record<string, { readonly studies: number; readonly oldestSeconds: number }>>;

/** The state whose oldest study has waited longest of all; undefined where none waits. */
export function waitsLongest(summary: Summary): string | undefined {
  const waiting = OPEN_STATES.filter((state) => (summary[state]?.studies ?? 0) > 0);
  return [...waiting].sort(
    (one, other) => (summary[other]?.oldestSeconds ?? 0) - (summary[one]?.oldestSeconds ?? 0),
  )[0];
}

/** How long something took, or has taken so far, in milliseconds. A clock that is behind ours makes nothing negative. */
export const tookMs = (from: string, to: string | undefined, nowMs: number): number =>
  Math.max(0, (to === undefined ? nowMs : Date.parse(to)) - Date.parse(from));

/** The end of a UID, by which people tell rows apart; all of it stands where there is room. */
export const shortUid = (uid: string): string => (uid.length <= 14 ? uid : `…${uid.slice(-12)}`);

const POLL = { runningMs: 2_000, quietMs: 15_000, pages: 5 };

/**
 * How soon a list is looked at again, in milliseconds: often only while something goes on, and not where so much of it is shown that
 * looking would be a burden.
 */
export const pollMs = (isGoingOn: boolean, pages: number): number | false => {
  if (pages > POLL.pages) return false;
  return isGoingOn ? POLL.runningMs : POLL.quietMs;
};
