import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';

/** Why spans are seen by nobody. */
export type DropReason = 'queue_full' | 'export_failed' | 'rejected';

export interface SpanCounts {
  exported(count: number): void;
  dropped(count: number, why: DropReason): void;
}

/** Sends spans; resolves to how many of them were not taken. Rejects when nobody took them in time. */
export type SpanExport = (spans: ReadableSpan[]) => Promise<{ readonly rejected: number }>;

export interface QueueLimits {
  /** Spans that may wait. */
  readonly queue: number;
  /** Spans of one export. */
  readonly batch: number;
  /** How long a span may wait for others, in milliseconds. */
  readonly delayMs: number;
  /** What waits when the process ends waits no longer than this, in milliseconds. */
  readonly farewellMs: number;
}

/**
 * Finished spans that wait to be sent: as many as fit, one export at a time, and nobody waits for either. What finds no room, or is
 * not taken, is dropped and counted: the SDK's own batches drop without a number that `/metrics` could show.
 */
export class BoundedSpanProcessor implements SpanProcessor {
  private waiting: ReadableSpan[] = [];
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<boolean> | undefined;
  private isClosed = false;

  constructor(
    private readonly send: SpanExport,
    private readonly limits: QueueLimits,
    private readonly counts: SpanCounts,
  ) {}

  onStart(): void {
    // What has begun is held by whoever began it.
  }

  onEnd(span: ReadableSpan): void {
    if (this.isClosed || this.waiting.length >= this.limits.queue) {
      this.counts.dropped(1, this.isClosed ? 'export_failed' : 'queue_full');
      return;
    }
    this.waiting.push(span);
    if (this.sending !== undefined) return;
    if (this.waiting.length === this.limits.batch) this.sendSoon(0);
    else this.timer ??= this.after(this.limits.delayMs);
  }

  /** Sends what waits, as far as somebody takes it. */
  async forceFlush(): Promise<void> {
    await this.sending;
    while (this.waiting.length > 0) {
      const taken = await this.sendBatch();
      if (!taken) return;
    }
  }

  /** Sends what waits, as far as somebody takes it in time; the rest, and what comes later, is dropped. */
  async shutdown(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    const late = new Promise<void>((resolve) => setTimeout(resolve, this.limits.farewellMs).unref());
    await Promise.race([this.forceFlush(), late]);
    this.counts.dropped(this.waiting.length, 'export_failed');
    this.waiting = [];
  }

  private after(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.timer = undefined;
      if (this.sending === undefined) void this.sendBatch();
    }, delayMs).unref();
  }

  private sendSoon(delayMs: number): void {
    clearTimeout(this.timer);
    this.timer = this.after(delayMs);
  }

  /** @returns whether somebody answered */
  private sendBatch(): Promise<boolean> {
    this.sending = this.exportBatch().then((taken) => {
      this.sending = undefined;
      if (!this.isClosed && this.waiting.length > 0)
        this.sendSoon(this.waiting.length >= this.limits.batch ? 0 : this.limits.delayMs);
      return taken;
    });
    return this.sending;
  }

  private async exportBatch(): Promise<boolean> {
    const batch = this.waiting.splice(0, this.limits.batch);
    try {
      const { rejected } = await this.send(batch);
      this.counts.exported(batch.length - rejected);
      if (rejected > 0) this.counts.dropped(rejected, 'rejected');
      return true;
    } catch {
      this.counts.dropped(batch.length, 'export_failed');
      return false;
    }
  }
}
