import type { Clock } from '../clock';

interface Alarm {
  readonly periodMs: number;
  readonly listener: () => void;
  dueMs: number;
}

/** Time that passes when a test says so. */
export class FakeClock implements Clock {
  private readonly alarms = new Set<Alarm>();

  private aheadMs = 0;

  constructor(private nowMs = Date.parse('2026-03-02T09:30:00.500Z')) {}

  now(): number {
    return this.nowMs;
  }

  wall(): number {
    return this.nowMs + this.aheadMs;
  }

  /** Somebody sets the clock on the wall. */
  setWall(epochMs: number): void {
    this.aheadMs = epochMs - this.nowMs;
  }

  every(periodMs: number, listener: () => void): () => void {
    const alarm = { periodMs, listener, dueMs: this.nowMs + periodMs };
    this.alarms.add(alarm);
    return () => {
      this.alarms.delete(alarm);
    };
  }

  /** Lets time pass; what was due meanwhile has happened, in order. */
  pass(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      const [next] = [...this.alarms].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs);
      if (!next) break;
      this.nowMs = next.dueMs;
      next.dueMs += next.periodMs;
      next.listener();
    }
    this.nowMs = endMs;
  }
}
