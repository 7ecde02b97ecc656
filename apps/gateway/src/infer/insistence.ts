import type { Logger } from '@medserve/runtime';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
const PENDING_LIMIT = 10_000;

/**
 * Repeats what has to happen until it has: the terminal record of a request whose database was away. What is still pending
 * when this process ends, or over the limit, is recorded as abandoned by the sweeper, so nothing is forgotten either way.
 */
export class Insistence {
  private readonly pending = new Set<Promise<void>>();
  private isClosed = false;

  constructor(private readonly logger: Logger) {}

  insist(requestId: string, attempt: () => Promise<void>): void {
    if (this.isClosed || this.pending.size >= PENDING_LIMIT) return;
    const running = this.repeat(requestId, attempt).finally(() => this.pending.delete(running));
    this.pending.add(running);
  }

  /** Ends the pauses; what is pending gets one last attempt. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.allSettled([...this.pending]);
  }

  private async repeat(requestId: string, attempt: () => Promise<void>): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const isLast = this.isClosed;
      try {
        await attempt();
        return;
      } catch (error) {
        this.logger.warn('a terminal record could not be committed yet', { requestId, error });
        if (isLast) return;
      }
      await this.pause(pauseMs);
    }
  }

  private async pause(totalMs: number): Promise<void> {
    const untilMs = performance.now() + totalMs;
    while (!this.isClosed && performance.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(100, untilMs - performance.now())).unref());
    }
  }
}
