import type { Instruments } from '@medserve/runtime';

/** What a request spent its time on, in milliseconds by phase; each figure also goes to the metrics. */
export class PhaseTimes {
  private readonly startedMs = performance.now();
  private readonly phases: Record<string, number> = {};

  constructor(private readonly instruments: Instruments) {}

  async measure<T>(phase: string, work: () => Promise<T>): Promise<T> {
    const beganMs = performance.now();
    try {
      return await work();
    } finally {
      this.note(phase, performance.now() - beganMs);
    }
  }

  /** Of a phase that somebody else measured. */
  note(phase: string, elapsedMs: number): void {
    this.phases[phase] = elapsedMs;
    this.instruments.phaseSeconds.observe({ phase }, elapsedMs / 1000);
  }

  /** How long the phase took; undefined where there was none. */
  of(phase: string): number | undefined {
    return this.phases[phase];
  }

  get startedAtMs(): number {
    return this.startedMs;
  }

  get totalMs(): number {
    return performance.now() - this.startedMs;
  }

  /** The phases so far and their total. */
  snapshot(): Record<string, number> {
    return { ...this.phases, total: this.totalMs };
  }

  /** The same in the form of the header `Server-Timing` (W3C Server Timing, section 3). */
  serverTiming(): string {
    return Object.entries(this.snapshot())
      .map(([phase, elapsedMs]) => `${phase};dur=${elapsedMs.toFixed(3)}`)
      .join(', ');
  }
}
