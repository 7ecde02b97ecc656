import { ServingError } from '@medserve/errors';
import type { ClassName, IncomingRequest } from '@medserve/rpc';
import {
  boundedRetryAfterMs,
  CLASSES,
  expectedWaitMs,
  observeAnswer,
  RequestQueue,
  shedding,
  UNKNOWN_RATE,
} from '@medserve/serving';
import { Opening } from './opening';
import type { Seat, Seats } from './seat';
import type { ShedReason } from './settings';
import type { Traffic } from './traffic';
import { Waiting } from './waiting';

/** How often those who wait for a cold model hear how far it is. */
const TELL_EVERY_MS = 250;

/**
 * Where the requests of one model wait for a place, be it that its replicas are busy or that the model is being loaded: bounded,
 * the most urgent first. Whoever would be too late in any case is told so when it comes.
 */
export class WaitingRoom {
  private readonly queue: RequestQueue<Waiting>;
  private readonly opening: Opening;
  private rate = UNKNOWN_RATE;
  private answeredAtMs = 0;
  /** Whether requests waited throughout since the last answer: only then does the time between answers say something. */
  private isBusy = false;
  /** Whether anybody asked for the model yet: to those that nobody asks for no connection is made ahead. */
  private isAskedFor = false;
  private teller: NodeJS.Timeout | undefined;
  private wakeUp: NodeJS.Timeout | undefined;

  constructor(
    private readonly seats: Seats,
    limit: number,
    private readonly traffic: Traffic,
  ) {
    this.queue = new RequestQueue(limit);
    this.opening = new Opening(seats, {
      onOpened: () => {
        this.forgetPace();
        this.pump();
      },
      onExhausted: (error) => {
        this.refuseAll(error);
      },
    });
  }

  get size(): number {
    return this.queue.size;
  }

  /** @throws ServingError `overloaded`, `model_loading`, `model_unloaded`, `model_broken`, `unavailable`; the signal's reason */
  async wait(request: IncomingRequest): Promise<Seat> {
    const refusal = this.seats.refusal();
    if (refusal) throw refusal;
    request.signal.throwIfAborted();
    this.wake();
    const waiting = new Waiting(request, this.leave);
    const error = this.tooLate(waiting) ?? this.enlist(waiting);
    if (error) waiting.refuse(error);
    else this.tell(waiting);
    return waiting.seat;
  }

  /** Has the model loaded where it is not, or a further replica where that is worth while. */
  wake(): void {
    this.isAskedFor = true;
    this.opening.ready();
    this.opening.next();
  }

  /** The catalogue changed. */
  update(): void {
    if (this.isAskedFor) this.opening.ready();
    this.pump();
  }

  /** A replica answered: its place is free, and how long that took says how quickly the queue gets shorter. */
  answered(): void {
    const nowMs = performance.now();
    if (this.isBusy) this.rate = observeAnswer(this.rate, nowMs - this.answeredAtMs);
    this.answeredAtMs = nowMs;
    this.pump();
    this.isBusy = this.queue.size > 0;
  }

  /** Gives free places to those who wait. */
  pump(): void {
    for (;;) {
      const [head] = this.queue.inOrder();
      if (!head) return;
      if (!this.seats.hasPlace(head.request)) {
        this.wantPlace();
        return;
      }
      const error = this.hopeless(head);
      if (error) {
        this.remove(head);
        head.refuse(error);
        continue;
      }
      const seat = this.seats.take(head.request);
      if (!seat) return;
      this.queue.take(head);
      this.count(head, -1);
      head.grant(seat);
    }
  }

  /** For want of room elsewhere: the one that can wait longest leaves, if it is less urgent. @returns which one left */
  evictLessUrgentThan(name: ClassName): IncomingRequest | undefined {
    let last: Waiting | undefined;
    for (const waiting of this.queue.inOrder()) last = waiting;
    if (!last || CLASSES.indexOf(last.class) <= CLASSES.indexOf(name)) return undefined;
    this.remove(last);
    last.refuse(this.full('evicted'));
    return last.request;
  }

  /** How long one more would wait for those that serve or are about to; `undefined`: none is. */
  expectedWaitMs(): number | undefined {
    const able = this.seats.able();
    if (able.some(({ link }) => link === 'up')) return expectedWaitMs(this.rate, this.queue.size + 1) ?? 0;
    if (!able.some(({ link }) => link === 'opening')) return undefined;
    return this.opening.progress()?.remainingMs ?? 0;
  }

  close(): void {
    clearTimeout(this.wakeUp);
    this.refuseAll(new ServingError('unavailable', 'This part of the platform is shutting down.'));
  }

  /** Where nobody else serves, how quickly answers came before says nothing about the one that is connected now. */
  private forgetPace(): void {
    if (this.seats.able().filter(({ link }) => link === 'up').length > 1) return;
    this.rate = UNKNOWN_RATE;
    this.isBusy = false;
  }

  private enlist(waiting: Waiting): ServingError | undefined {
    const offer = this.queue.offer(waiting);
    if (offer.kind === 'refused') return this.full('full');
    this.count(waiting, 1);
    if (offer.kind === 'evicted') {
      this.count(offer.victim, -1);
      offer.victim.refuse(this.full('evicted'));
    }
    return undefined;
  }

  /** By what is expected; of who is told how far its request is, a cold start is no surprise: it waits. */
  private tooLate(waiting: Waiting): ServingError | undefined {
    const leftMs = waiting.deadlineAtMs - performance.now();
    const loading = this.opening.progress();
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
    if (!this.seats.able().some(({ link }) => link === 'up')) return undefined;
    const answerMs = this.answerMs();
    // The quick look first: where everyone who waits would be served in time, the order does not matter.
    const most = shedding(expectedWaitMs(this.rate, this.queue.size + 1), answerMs, leftMs);
    if (most.kind === 'keep') return undefined;
    const verdict = shedding(expectedWaitMs(this.rate, this.queue.costAhead(waiting) + 1), answerMs, leftMs);
    if (verdict.kind === 'keep') return undefined;
    const { retryAfterMs } = verdict;
    return this.shed('late', new ServingError('overloaded', 'The deadline would pass in the queue.', { retryAfterMs }));
  }

  /** In what is left no replica is expected to answer: to send it would be work for nobody. */
  private hopeless({ deadlineAtMs }: Waiting): ServingError | undefined {
    const leftMs = deadlineAtMs - performance.now();
    if (leftMs > 0 && leftMs >= this.answerMs()) return undefined;
    const retryAfterMs = boundedRetryAfterMs(expectedWaitMs(this.rate, this.queue.size) ?? 0);
    return this.shed(
      'late',
      new ServingError('overloaded', 'The deadline would pass before an answer.', { retryAfterMs }),
    );
  }

  private full(why: 'full' | 'evicted'): ServingError {
    const limit = `requests that wait for the model: ${String(this.queue.limit)}`;
    const loading = this.opening.progress();
    if (loading) {
      const retryAfterMs = loading.remainingMs > 0 ? boundedRetryAfterMs(loading.remainingMs) : undefined;
      return this.shed(
        why,
        new ServingError('model_loading', 'Too many wait for the model already.', { limit, retryAfterMs }),
      );
    }
    const waitMs = expectedWaitMs(this.rate, this.queue.size);
    const retryAfterMs = waitMs === undefined ? undefined : boundedRetryAfterMs(waitMs);
    return this.shed(
      why,
      new ServingError('overloaded', 'All places in the queue are taken.', { limit, retryAfterMs }),
    );
  }

  private shed(reason: ShedReason, error: ServingError): ServingError {
    this.traffic.observer.onShed(reason);
    return error;
  }

  /** The mean of what replicas take; 0: not known. */
  private answerMs(): number {
    const known = this.seats.able().filter(({ link, latencyMs }) => link === 'up' && latencyMs > 0);
    return known.length === 0 ? 0 : known.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / known.length;
  }

  /** Nobody has a place: perhaps nobody will, perhaps another replica is worth opening, perhaps an ejected one comes back. */
  private wantPlace(): void {
    const refusal = this.seats.refusal();
    if (refusal) {
      this.refuseAll(refusal);
      return;
    }
    this.opening.next();
    const nowMs = performance.now();
    const backAtMs = Math.min(
      ...this.seats.replicas.map(({ ejectedUntilMs }) =>
        ejectedUntilMs > nowMs ? ejectedUntilMs : Number.POSITIVE_INFINITY,
      ),
    );
    clearTimeout(this.wakeUp);
    if (backAtMs === Number.POSITIVE_INFINITY) return;
    this.wakeUp = setTimeout(
      () => {
        this.pump();
      },
      backAtMs - nowMs + 1,
    );
  }

  private tell(waiting: Waiting): void {
    const loading = this.opening.progress();
    if (loading) waiting.tell('loading', loading.percent, loading.remainingMs);
    else waiting.tell('queued', 0, Math.ceil(expectedWaitMs(this.rate, this.queue.size) ?? 0));
    if (!loading || this.teller) return;
    this.teller = setInterval(() => {
      const progress = this.opening.progress();
      if (!progress || this.queue.size === 0) {
        clearInterval(this.teller);
        this.teller = undefined;
        return;
      }
      for (const other of this.queue.inOrder()) other.tell('loading', progress.percent, progress.remainingMs);
    }, TELL_EVERY_MS);
  }

  private refuseAll(error: ServingError): void {
    for (const waiting of [...this.queue.inOrder()]) {
      this.remove(waiting);
      waiting.refuse(error);
    }
    clearInterval(this.teller);
    this.teller = undefined;
  }

  private remove(waiting: Waiting): void {
    if (this.queue.remove(waiting)) this.count(waiting, -1);
  }

  private count({ class: name, request }: Waiting, change: 1 | -1): void {
    this.traffic.queue(name, change, request.bytes.byteLength);
  }

  private readonly leave = (waiting: Waiting): void => {
    this.remove(waiting);
  };
}
