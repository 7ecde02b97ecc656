import type { GeneratorStats } from '@medserve/engines';
import { canBeWritten, learnAnswer, predictStartMs, UNKNOWN_PACE, type WritingBacklog } from '@medserve/serving';
import type { AnswerTimes } from './messages';
import type { ServedFigures } from './served-model';
import type { WritingTally } from './writer';
import type { WritingTicket } from './writing-ticket';

/** Far predictions are guesses. */
const LONGEST_RETRY_MS = 60_000;
/** Between two reports; of what ends beyond that only the counts are told. */
const MOST_TIMES = 256;

const NOTHING_WRITTEN: Omit<GeneratorStats, 'slots'> = {
  busySlots: 0,
  steps: 0,
  rows: 0,
  promptTokens: 0,
  cachedTokens: 0,
  writtenTokens: 0,
  imageHits: 0,
  imageMisses: 0,
  cacheBytes: 0,
};

/** What the host of a model that writes counts and learns, and what follows from it for those who arrive. */
export class WritingStatistics {
  stats: GeneratorStats;
  evicted = 0;
  shed = 0;
  preempted = 0;
  private pace = UNKNOWN_PACE;
  private answers: AnswerTimes[] = [];

  constructor(slots: number) {
    this.stats = { ...NOTHING_WRITTEN, slots };
  }

  learn({ firstTokenMs, tokens, longestTokens }: WritingTally, holdMs: number): void {
    this.pace = learnAnswer(this.pace, { holdMs, firstTokenMs, tokens: longestTokens });
    if (this.answers.length >= MOST_TIMES) return;
    const writingMs = holdMs - firstTokenMs;
    const tokensPerSecond = longestTokens > 1 && writingMs > 0 ? (1_000 * (tokens - 1)) / writingMs : undefined;
    this.answers.push({ firstTokenMs, tokensPerSecond });
  }

  canBeWritten({ slots, maxTokens, deadlineAtMs }: WritingTicket, backlog: WritingBacklog, nowMs: number): boolean {
    return canBeWritten({ slots, maxTokens, leftMs: deadlineAtMs - nowMs }, backlog, this.pace);
  }

  /** When coming again makes sense; `undefined` as long as nothing is known. */
  retryAfterMs({ slots }: WritingTicket, backlog: WritingBacklog): number | undefined {
    const waitMs = predictStartMs(slots, backlog, this.pace);
    return waitMs === undefined ? undefined : Math.min(Math.max(1, Math.ceil(waitMs)), LONGEST_RETRY_MS);
  }

  /** For a report, which has what ended since the one before. */
  take(): Pick<ServedFigures, 'counts' | 'writing'> {
    const { stats, evicted, shed, preempted, answers } = this;
    this.answers = [];
    return {
      counts: { runs: stats.steps, rows: stats.rows, evicted, shed, bisected: 0 },
      writing: { stats, preempted, answers },
    };
  }
}
