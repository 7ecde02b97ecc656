import { ServingError } from '@medserve/errors';
import { boundedRetryAfterMs, shedding, type LoadProgress, type RequestQueue } from '@medserve/serving';
import type { Pace } from './pace';
import type { Seats } from './seat';
import type { ShedReason } from './settings';
import type { Traffic } from './traffic';
import type { Waiting } from './waiting';

/** What of a waiting room it depends on whether somebody may wait in it. */
export interface Room {
  readonly seats: Seats;
  readonly queue: RequestQueue<Waiting>;
  readonly pace: Pace;
  readonly traffic: Traffic;
  /** How far the model is that is being loaded; `undefined`: it is loaded, or nothing has to be. */
  loading(): LoadProgress | undefined;
}

const retryAfter = (remainingMs: number): number | undefined =>
  remainingMs > 0 ? boundedRetryAfterMs(remainingMs) : undefined;

/** Who may not wait, or not any longer, and what each is told. */
export class Verdicts {
  constructor(private readonly room: Room) {}

  /** By what is expected; of who is told how far its request is, a cold start is no surprise: it waits. */
  tooLate(waiting: Waiting): ServingError | undefined {
    const { seats, queue, pace } = this.room;
    const leftMs = waiting.deadlineAtMs - performance.now();
    const loading = this.room.loading();
    if (loading) {
      if (waiting.request.routing.wantsProgress || loading.remainingMs <= leftMs) return undefined;
      return this.shed(
        'loading',
        new ServingError('model_loading', 'The model will not be loaded in time.', {
          retryAfterMs: boundedRetryAfterMs(loading.remainingMs),
        }),
      );
    }
    // What was learned was learned of others than those that will answer.
    if (!seats.able().some(({ link }) => link === 'up')) return undefined;
    const answerMs = this.answerMs();
    // The quick look first: where everyone who waits would be served in time, the order does not matter.
    const most = shedding(pace.waitMs(queue.size + 1), answerMs, leftMs);
    if (most.kind === 'keep') return undefined;
    const verdict = shedding(pace.waitMs(queue.costAhead(waiting) + 1), answerMs, leftMs);
    if (verdict.kind === 'keep') return undefined;
    const { retryAfterMs } = verdict;
    return this.shed('late', new ServingError('overloaded', 'The deadline would pass in the queue.', { retryAfterMs }));
  }

  /** In what is left no replica is expected to answer: to send it would be work for nobody. */
  hopeless({ deadlineAtMs }: Waiting): ServingError | undefined {
    const leftMs = deadlineAtMs - performance.now();
    if (leftMs > 0 && leftMs >= this.answerMs()) return undefined;
    const { pace, queue } = this.room;
    const retryAfterMs = boundedRetryAfterMs(pace.waitMs(queue.size) ?? 0);
    return this.shed(
      'late',
      new ServingError('overloaded', 'The deadline would pass before an answer.', { retryAfterMs }),
    );
  }

  /** There is no place for it, or another one takes its place. */
  full(why: 'full' | 'evicted'): ServingError {
    const { queue, pace } = this.room;
    const limit = `requests that wait for the model: ${String(queue.limit)}`;
    const loading = this.room.loading();
    if (loading) {
      const retryAfterMs = retryAfter(loading.remainingMs);
      return this.shed(
        why,
        new ServingError('model_loading', 'Too many wait for the model already.', { limit, retryAfterMs }),
      );
    }
    const waitMs = pace.waitMs(queue.size);
    const retryAfterMs = waitMs === undefined ? undefined : boundedRetryAfterMs(waitMs);
    return this.shed(
      why,
      new ServingError('overloaded', 'All places in the queue are taken.', { limit, retryAfterMs }),
    );
  }

  /** It has waited as long as the pool lets anybody wait for its first replica. */
  waitedEnough(): ServingError {
    const retryAfterMs = retryAfter(this.room.loading()?.remainingMs ?? 0);
    return this.shed('loading', new ServingError('model_loading', 'The model is still not loaded.', { retryAfterMs }));
  }

  /** The mean of what replicas take; 0: not known. */
  private answerMs(): number {
    const known = this.room.seats.able().filter(({ link, latencyMs }) => link === 'up' && latencyMs > 0);
    return known.length === 0 ? 0 : known.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / known.length;
  }

  private shed(reason: ShedReason, error: ServingError): ServingError {
    this.room.traffic.observer.onShed(reason);
    return error;
  }
}
