import { ServingError } from '@medserve/errors';
import type { ClassName, IncomingRequest } from '@medserve/rpc';
import type { LoadProgress, RequestQueue } from '@medserve/serving';
import { Opening } from './opening';
import { Pace } from './pace';
import type { Seat, Seats } from './seat';
import type { Startable } from './startable';
import { Teller } from './teller';
import type { Traffic } from './traffic';
import { Verdicts, type Room } from './verdicts';
import { Waiters } from './waiters';
import { Waiting } from './waiting';

/**
 * Where the requests of one model wait for a place, be it that its replicas are busy, that the model is being loaded or that the
 * pool has no replica yet: bounded, the most urgent first. Whoever would be too late in any case is told so when it comes.
 */
export class WaitingRoom implements Room {
  readonly pace = new Pace();
  private readonly waiters: Waiters;
  private readonly opening: Opening;
  private readonly verdicts = new Verdicts(this);
  private readonly teller = new Teller(this);
  /** Whether anybody asked for the model yet: to those that nobody asks for no connection is made ahead. */
  private isAskedFor = false;
  /** Until when it is to be loaded although nobody waits. */
  private wantedUntilMs = 0;
  private wakeUp: NodeJS.Timeout | undefined;

  constructor(
    readonly seats: Seats,
    limit: number,
    readonly traffic: Traffic,
  ) {
    this.waiters = new Waiters(limit, traffic);
    this.opening = new Opening(seats, {
      onOpened: (replica) => {
        this.opened(replica);
      },
      onExhausted: (error) => {
        this.exhausted(error);
      },
    });
  }

  get queue(): RequestQueue<Waiting> {
    return this.waiters.queue;
  }

  get size(): number {
    return this.queue.size;
  }

  /** @throws ServingError `overloaded`, `model_loading`, `model_unloaded`, `model_broken`, `unavailable`; the signal's reason */
  async wait(request: IncomingRequest): Promise<Seat> {
    const refusal = this.seats.refusal();
    if (refusal) throw refusal;
    request.signal.throwIfAborted();
    this.open();
    const waiting = new Waiting(request, this.leave);
    const late = this.verdicts.tooLate(waiting);
    const error = late ?? this.enlist(waiting);
    if (late?.reason === 'model_loading') this.want();
    if (error) {
      waiting.refuse(error);
      return waiting.seat;
    }
    this.teller.tell(waiting);
    if (!this.isServed) this.bound(waiting);
    return waiting.seat;
  }

  /** Has the model loaded where it is not, or a further replica where that is worth while. */
  wake(): void {
    this.open();
    if (!this.isServed) this.want();
  }

  /** The catalogue changed. */
  update(): void {
    if (this.isAskedFor) this.opening.ready();
    if (!this.isServed) this.unserved();
    this.pump();
  }

  /** A replica answered: its place is free, and how long that took says how quickly the queue gets shorter. */
  answered(): void {
    this.pace.answered(performance.now());
    this.pump();
    this.pace.given(this.queue.size > 0);
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
      const error = this.verdicts.hopeless(head);
      if (error) {
        this.waiters.refuse(head, error);
        continue;
      }
      const seat = this.seats.take(head.request);
      if (!seat) return;
      this.waiters.take(head);
      head.grant(seat);
    }
  }

  /** For want of room elsewhere: the one that can wait longest leaves, if it is less urgent. @returns which one left */
  evictLessUrgentThan(name: ClassName): IncomingRequest | undefined {
    const last = this.waiters.lastLessUrgentThan(name);
    if (last) this.waiters.refuse(last, this.verdicts.full('evicted'));
    return last?.request;
  }

  /** How long one more would wait for those that serve or are about to; `undefined`: none is. */
  expectedWaitMs(): number | undefined {
    const able = this.seats.able();
    if (able.some(({ link }) => link === 'up')) return this.pace.waitMs(this.queue.size + 1) ?? 0;
    if (!able.some(({ link }) => link === 'opening')) return undefined;
    return this.opening.progress()?.remainingMs ?? 0;
  }

  /** Of a pool without replicas that is of all until one serves; otherwise of the quickest replica. */
  loading(): LoadProgress | undefined {
    if (this.isServed) return undefined;
    const coldStart = this.seats.isExpected ? this.seats.scaling.coldStarts.progress(performance.now()) : undefined;
    const opening = this.opening.progress();
    return coldStart && coldStart.remainingMs > 0 ? coldStart : (opening ?? coldStart);
  }

  close(): void {
    clearTimeout(this.wakeUp);
    this.refuseAll(new ServingError('unavailable', 'This part of the platform is shutting down.'));
  }

  private get isServed(): boolean {
    return this.seats.able().some(({ link }) => link === 'up');
  }

  private unserved(): void {
    const nowMs = performance.now();
    if (nowMs < this.wantedUntilMs) this.opening.next();
    if (this.queue.size === 0) return;
    this.seats.scaling.lack(nowMs);
    for (const waiting of this.queue.inOrder()) this.bound(waiting);
  }

  /** While no replica has the model loaded, the pool says how long anybody may wait. */
  private bound(waiting: Waiting): void {
    waiting.atMost(this.seats.scaling.terms.waiting.forMs, this.waitedEnough);
  }

  private open(): void {
    this.isAskedFor = true;
    this.opening.ready();
    this.opening.next();
  }

  /** A replica is wanted for requests to come: the pool is asked for one, and loads the model when it is there. */
  private want(): void {
    const { scaling, isExpected } = this.seats;
    const nowMs = performance.now();
    if (isExpected) this.wantedUntilMs = nowMs + scaling.terms.waiting.forMs;
    scaling.wake(nowMs);
  }

  private opened({ scaling }: Startable): void {
    this.wantedUntilMs = 0;
    scaling.served(performance.now());
    // Where nobody else serves, how quickly answers came before says nothing about the one that is connected now.
    if (this.seats.able().filter(({ link }) => link === 'up').length <= 1) this.pace.forget();
    this.pump();
  }

  /** No replica could be opened. One that could not be reached may be gone, and another come in its place. */
  private exhausted(error: ServingError): void {
    if (this.seats.isExpected && error.reason === 'unavailable') this.tryLater();
    else this.refuseAll(error);
  }

  private enlist(waiting: Waiting): ServingError | undefined {
    const offer = this.waiters.offer(waiting);
    if (offer.kind === 'evicted') offer.victim.refuse(this.verdicts.full('evicted'));
    return offer.kind === 'refused' ? this.verdicts.full('full') : undefined;
  }

  /** Nobody has a place: perhaps nobody will, perhaps another replica is worth opening, perhaps an ejected one comes back. */
  private wantPlace(): void {
    const refusal = this.seats.refusal();
    if (refusal) {
      this.refuseAll(refusal);
      return;
    }
    this.opening.next();
    this.tryLater();
  }

  private tryLater(): void {
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

  private refuseAll(error: ServingError): void {
    this.waiters.refuseAll(error);
    this.teller.stop();
  }

  private readonly leave = (waiting: Waiting): void => {
    this.waiters.remove(waiting);
  };

  private readonly waitedEnough = (waiting: Waiting): void => {
    // From the first replica on, it waits in a queue that gets shorter, for as long as its deadline lets it.
    if (this.isServed) return;
    this.waiters.refuse(waiting, this.verdicts.waitedEnough());
  };
}
