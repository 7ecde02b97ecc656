export interface RetryBudgetRules {
  readonly windowMs: number;
  /** Retries for each first attempt of the window, 0 to 1. */
  readonly share: number;
  /** These many in a window are always allowed: a share of little is nothing. */
  readonly least: number;
}

export const RETRY_BUDGET_RULES: RetryBudgetRules = { windowMs: 10_000, share: 0.1, least: 10 };

const SLICES = 10;

interface Slice {
  index: number;
  firsts: number;
  retries: number;
}

/**
 * Bounds retries to a share of first attempts over a sliding window, so that an overload is not doubled by those who try
 * again (Google SRE book, "Handling Overload"). Times are milliseconds on one clock that does not go back.
 */
export class RetryBudget {
  private readonly slices: Slice[] = Array.from({ length: SLICES }, () => ({ index: -1, firsts: 0, retries: 0 }));

  constructor(private readonly rules: RetryBudgetRules = RETRY_BUDGET_RULES) {}

  /** A request is sent for the first time. */
  first(nowMs: number): void {
    this.slice(nowMs).firsts += 1;
  }

  /** Takes one retry out of the budget. @returns whether there was one. */
  take(nowMs: number): boolean {
    const slice = this.slice(nowMs);
    let firsts = 0;
    let retries = 0;
    for (const other of this.slices) {
      if (other.index <= slice.index - SLICES) continue;
      firsts += other.firsts;
      retries += other.retries;
    }
    if (retries >= Math.max(this.rules.least, Math.floor(this.rules.share * firsts))) return false;
    slice.retries += 1;
    return true;
  }

  private slice(nowMs: number): Slice {
    const index = Math.floor((nowMs * SLICES) / this.rules.windowMs);
    const slice = this.slices[index % SLICES] as Slice;
    if (slice.index !== index) {
      slice.index = index;
      slice.firsts = 0;
      slice.retries = 0;
    }
    return slice;
  }
}
