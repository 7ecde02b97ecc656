/** What answers of a model took so far. Means, the later answers weighing more; times in milliseconds. */
export interface WritingPace {
  readonly answers: number;
  /** From the start to the end of a request. */
  readonly holdMs: number;
  /** Mean deviation of that. */
  readonly deviationMs: number;
  /** From the start to the first token. */
  readonly firstTokenMs: number;
  readonly msPerToken: number;
}

/** A request that was answered. */
export interface WrittenAnswer {
  readonly holdMs: number;
  readonly firstTokenMs: number;
  /** Written, of the longest of its answers. */
  readonly tokens: number;
}

/** What an arrival finds. */
export interface WritingBacklog {
  /** Wanted by those who start before it. */
  readonly slotsAhead: number;
  readonly freeSlots: number;
  readonly slots: number;
}

export const UNKNOWN_PACE: WritingPace = { answers: 0, holdMs: 0, deviationMs: 0, firstTokenMs: 0, msPerToken: 0 };

/** Weight of a new answer once there were as many (RFC 6298 gives a new round trip the same). */
const WEIGHT = 1 / 8;
/** So many answers have to be known before anything is refused on their word. */
const LEAST_ANSWERS = 5;

export function learnAnswer(pace: WritingPace, { holdMs, firstTokenMs, tokens }: WrittenAnswer): WritingPace {
  const weight = Math.max(WEIGHT, 1 / (pace.answers + 1));
  const towards = (from: number, to: number): number => from + weight * (to - from);
  const msPerToken = tokens > 1 ? (holdMs - firstTokenMs) / (tokens - 1) : pace.msPerToken;
  return {
    answers: pace.answers + 1,
    holdMs: towards(pace.holdMs, holdMs),
    deviationMs: pace.answers === 0 ? 0 : towards(pace.deviationMs, Math.abs(holdMs - pace.holdMs)),
    firstTokenMs: towards(pace.firstTokenMs, firstTokenMs),
    msPerToken: pace.msPerToken === 0 ? msPerToken : towards(pace.msPerToken, msPerToken),
  };
}

/**
 * How long an arrival waits for its slots when all goes right: the slots that have to come free, at the pace at which they do.
 *
 * @returns `undefined` before there were a few answers to learn from
 */
export function predictStartMs(
  slots: number,
  backlog: WritingBacklog,
  { answers, holdMs }: WritingPace,
): number | undefined {
  if (answers < LEAST_ANSWERS) return undefined;
  const missing = Math.max(0, backlog.slotsAhead + slots - backlog.freeSlots);
  return (missing * holdMs) / Math.max(backlog.slots, 1);
}

/** What an answer takes when all goes right: as short ones do, and no longer than its limit of tokens lets it. */
function leastAnswerMs({ holdMs, deviationMs, firstTokenMs, msPerToken }: WritingPace, maxTokens: number): number {
  return Math.min(Math.max(0, holdMs - deviationMs), firstTokenMs + maxTokens * msPerToken);
}

/**
 * Whether a request could still be answered in time. What finds nobody before it always can, as far as anyone knows: what was
 * learned may be out of date, and only an answer can tell.
 */
export function canBeWritten(
  wanted: { readonly slots: number; readonly maxTokens: number; /** Of its deadline. */ readonly leftMs: number },
  backlog: WritingBacklog,
  pace: WritingPace,
): boolean {
  if (backlog.slotsAhead === 0 && backlog.freeSlots >= wanted.slots) return true;
  const waitMs = predictStartMs(wanted.slots, backlog, pace);
  return waitMs === undefined || waitMs + leastAnswerMs(pace, wanted.maxTokens) <= wanted.leftMs;
}
