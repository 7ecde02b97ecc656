import type { Instruments, Logger } from '@medserve/runtime';
import type { RouteStanding } from '@medserve/storage';
import type { StudyObserver, StudyState } from '@medserve/studies';

export interface StudyMetricsParts {
  readonly standing: () => Promise<readonly RouteStanding[]>;
  readonly instruments: Instruments;
  readonly logger: Logger;
}

const EVERY_MS = 15_000;
const NO_ROUTE = ['none'];

/** Counts what the engine tells, and looks now and then how long the oldest have been on their way. */
export class StudyMetrics implements StudyObserver {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: StudyMetricsParts) {}

  start(): this {
    this.timer = setInterval(() => void this.look(), EVERY_MS).unref();
    return this;
  }

  changed(routes: readonly string[], state: StudyState): void {
    for (const route of orNone(routes)) this.parts.instruments.studies.studies.inc({ route, state });
  }

  ended(routes: readonly string[], seconds: number): void {
    for (const route of orNone(routes)) this.parts.instruments.studies.durationSeconds.observe({ route }, seconds);
  }

  failed(what: string, error: unknown): void {
    this.parts.logger.warn('the engine of studies could not do a step; it is done again', { reason: what, error });
  }

  /** Every gateway sees the same, so that who reads them takes the largest. */
  async look(): Promise<void> {
    const { inState, oldestSeconds } = this.parts.instruments.studies;
    try {
      const rows = await this.parts.standing();
      inState.reset();
      oldestSeconds.reset();
      for (const { route, state, studies, oldestSeconds: oldest } of rows) {
        inState.set({ route, state }, studies);
        oldestSeconds.set({ route, state }, oldest);
      }
    } catch (error) {
      this.failed('standing', error);
    }
  }

  close(): Promise<void> {
    clearInterval(this.timer);
    return Promise.resolve();
  }
}

const orNone = (routes: readonly string[]): readonly string[] => (routes.length === 0 ? NO_ROUTE : routes);
