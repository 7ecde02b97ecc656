import type { ClassName } from '@medserve/rpc';

/** Who counts what requests ask for. Times are on the clock of `performance.now()`. */
export interface Counter {
  entered(ticket: Ticket, nowMs: number): void;
  started(ticket: Ticket, nowMs: number): void;
  left(ticket: Ticket, nowMs: number, from: 'queue' | 'run'): void;
}

/** One request as demand: waiting, then running, perhaps waiting again, and gone. It is counted once, wherever it is. */
export class Ticket {
  private at: 'queue' | 'run' | 'gone' = 'queue';

  constructor(
    private counter: Counter,
    readonly slots: number,
    /** Since when it waits. */
    public sinceMs: number,
    /** How urgent it is; absent: nobody asks yet. */
    readonly requestClass?: ClassName,
  ) {
    counter.entered(this, sinceMs);
  }

  /** It is sent to a replica, which may be another pool's than the one it waited for. */
  start(nowMs: number, counter: Counter = this.counter): void {
    if (this.at !== 'queue') return;
    if (counter !== this.counter) {
      this.counter.left(this, nowMs, 'queue');
      this.counter = counter;
      counter.entered(this, nowMs);
    }
    this.at = 'run';
    counter.started(this, nowMs);
  }

  /** The replica gave it back: it waits again. */
  waitAgain(nowMs: number): void {
    if (this.at !== 'run') return;
    this.counter.left(this, nowMs, 'run');
    this.at = 'queue';
    this.sinceMs = nowMs;
    this.counter.entered(this, nowMs);
  }

  leave(nowMs: number): void {
    const { at } = this;
    if (at === 'gone') return;
    this.at = 'gone';
    this.counter.left(this, nowMs, at);
  }
}
