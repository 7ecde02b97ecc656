import { isFault, toServingError } from '@medserve/errors';
import { currentSpan, type Instruments, type OpenSpan } from '@medserve/runtime';

/** What a gateway itself measures; each is a span of a request that is traced. */
export type MeasuredPhase = 'decode' | 'recognise' | 'accept' | 'dispatch' | 'complete';

/**
 * What a request spent its time on, in milliseconds by phase; each figure also goes to the metrics, and of a request that is traced
 * into its trace.
 */
export class PhaseTimes {
  private readonly startedMs = performance.now();
  private readonly phases: Record<string, number> = {};
  private readonly span: OpenSpan | undefined = currentSpan();

  constructor(private readonly instruments: Instruments) {}

  /** @param work is given the trace context of its phase, for whom it asks; undefined: the request is not traced */
  async measure<T>(phase: MeasuredPhase, work: (traceparent: string | undefined) => Promise<T>): Promise<T> {
    const beganMs = performance.now();
    const span = this.span?.open(phase, beganMs, phase === 'dispatch' ? 'client' : 'internal');
    let isError = false;
    try {
      return await work(span?.traceparent);
    } catch (error) {
      // A refusal is an answer and no error of ours.
      isError = isFault(toServingError(error).reason);
      throw error;
    } finally {
      const endMs = performance.now();
      this.note(phase, endMs - beganMs);
      span?.end({ endMs, isError });
    }
  }

  /** Of a phase that somebody else measured. */
  note(phase: string, elapsedMs: number): void {
    this.phases[phase] = elapsedMs;
    this.instruments.phaseSeconds.observe({ phase }, elapsedMs / 1000, this.span?.traceId);
  }

  /** How long the phase took; undefined where there was none. */
  of(phase: string): number | undefined {
    return this.phases[phase];
  }

  /** The request's own span; undefined: it is not traced. */
  get trace(): OpenSpan | undefined {
    return this.span;
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
