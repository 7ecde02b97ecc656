import { toServingError, type Reason, type ServingError } from '@medserve/errors';
import {
  fromRequestClass,
  giveBack,
  type CatalogueEntry,
  type EncodedFrame,
  type IncomingRequest,
} from '@medserve/rpc';
import type { OutlierRules, RetryBudget } from '@medserve/serving';
import { Attempts } from './attempts';
import { appendDecision } from './decision';
import type { ScalingPool } from './demand/scaling-pool';
import type { Ticket } from './demand/ticket';
import { poolOutcomeOf } from './outcome';
import { Places, type PlacesOptions } from './places';
import type { Replica } from './replica';
import type { Seat } from './seat';
import type { WaitingRoom } from './waiting-room';

export interface PoolOptions extends PlacesOptions {
  readonly outliers: OutlierRules;
  readonly retries: RetryBudget;
}

/** At most this many times is one request sent. */
const MOST_ATTEMPTS = 2;
/** So often is one given back by replicas that end, which is nobody's failure. */
const MOST_MOVES = 8;

/** How often a request was sent, and given back by who ends. */
interface Tries {
  attempts: number;
  moves: number;
}

interface Answered {
  readonly frame: EncodedFrame;
  /** Why it is none, where the host said so. */
  readonly reason: Reason | undefined;
}

function ended(scaling: ScalingPool, { routing, receivedAtMs }: IncomingRequest, reason: Reason | undefined): void {
  const seconds = (performance.now() - receivedAtMs) / 1_000;
  scaling.ended(fromRequestClass(routing.requestClass), poolOutcomeOf(reason), seconds);
}

/**
 * All replicas of one version of a model. A request takes a free place on one of them at once, or waits in the pool's room
 * until there is one: which replica it gets is decided as late as that, so that a more urgent one that comes later overtakes.
 */
export class Pool {
  /** Whether no pod has the model any more, and none is expected to. */
  private isUnlisted = false;
  private readonly places: Places;
  private readonly attempts: Attempts;
  /** Requests that are served, waiting or sent. */
  private inside = 0;

  constructor(
    private entry: CatalogueEntry,
    scaling: ScalingPool,
    private readonly options: PoolOptions,
  ) {
    this.places = new Places(entry, scaling, options);
    this.attempts = new Attempts(this.places, options);
  }

  /** The catalogue changed; see `Places.update`. */
  update(entry: CatalogueEntry, replicas: readonly Replica[], scaling: ScalingPool, isExpected: boolean): void {
    this.entry = entry;
    this.isUnlisted = false;
    this.places.update(entry, replicas, scaling, isExpected);
  }

  unlisted(): void {
    this.isUnlisted = true;
    this.places.unlisted();
  }

  get replicas(): readonly Replica[] {
    return this.places.replicas;
  }

  /** Whose demand those are who wait. */
  get scaling(): ScalingPool {
    return this.places.scaling;
  }

  get isIdle(): boolean {
    return this.inside === 0 && this.replicas.every(({ link }) => link !== 'opening');
  }

  get waiting(): WaitingRoom {
    return this.places.room;
  }

  /** @throws ServingError; what the host itself refused comes back as its own failure frame. */
  async serve(request: IncomingRequest): Promise<EncodedFrame> {
    this.inside += 1;
    const { scaling } = this;
    const { costUnits, requestClass } = request.routing;
    const ticket = scaling.enter(performance.now(), costUnits, fromRequestClass(requestClass));
    let reason: Reason | undefined;
    try {
      const answered = await this.untilAnswered(request, ticket);
      ({ reason } = answered);
      return answered.frame;
    } catch (error) {
      ({ reason } = toServingError(error));
      throw error;
    } finally {
      this.inside -= 1;
      ticket.leave(performance.now());
      if (!this.passesOn(request, reason)) ended(scaling, request, reason);
    }
  }

  /** Whether a request that failed for this reason did so because the version went, so that another may still answer it. */
  passesOn({ signal }: IncomingRequest, reason: Reason | undefined): boolean {
    return this.isUnlisted && reason === 'unavailable' && !signal.aborted;
  }

  /** No other answers it either, for this reason. */
  refused(request: IncomingRequest, reason: Reason): void {
    ended(this.scaling, request, reason);
  }

  close(): void {
    this.waiting.close();
    for (const replica of this.replicas) replica.close();
  }

  private async untilAnswered(request: IncomingRequest, ticket: Ticket): Promise<Answered> {
    const { retries, traffic } = this.options;
    let askedAtMs = ticket.sinceMs;
    let seat = this.places.takeNow(request) ?? (await this.waiting.wait(request));
    const sentAtMs = performance.now();
    let waitedMs = sentAtMs - askedAtMs;
    retries.first(sentAtMs);
    traffic.observer.onWaited(waitedMs / 1_000);
    this.scaling.waited(fromRequestClass(request.routing.requestClass), waitedMs / 1_000);
    const tries: Tries = { attempts: 1, moves: 0 };
    for (;;) {
      ticket.start(performance.now(), seat.replica.scaling);
      const outcome = await this.attempts.send(seat, request);
      this.places.giveBack(seat);
      if (outcome.kind === 'answered') {
        const { frame, reason } = outcome;
        // Sent once, and answered: no socket holds it any more.
        if (tries.attempts + tries.moves === 1) giveBack(request.bytes);
        if (!seat.told) return { frame, reason };
        const { name: model, version } = this.entry;
        const queuedMs = Math.round(1_000 * waitedMs) / 1_000;
        const attempts = tries.attempts + tries.moves;
        const decision = { model, version, ...seat.told, picked: seat.replica.pod, queuedMs, attempts };
        return { frame: appendDecision(frame, decision), reason };
      }
      if (outcome.kind === 'failed' || request.signal.aborted) throw outcome.error;
      askedAtMs = performance.now();
      ticket.waitAgain(askedAtMs);
      seat = await this.nextSeat(request, seat.replica, outcome.error, tries);
      waitedMs += performance.now() - askedAtMs;
    }
  }

  /** A place for a request that a replica gave back before a model saw it. @throws what the replica said, when there is to be none */
  private nextSeat(request: IncomingRequest, from: Replica, error: ServingError, tries: Tries): Seat | Promise<Seat> {
    const { places } = this;
    if (!from.reachable && tries.moves < MOST_MOVES) {
      tries.moves += 1;
      return places.takeNow(request) ?? this.waiting.wait(request);
    }
    if (tries.attempts === MOST_ATTEMPTS) throw error;
    // Who said that it is full, or too slow, would say it again: only another one can help, and the request had its turn.
    const refusedBy = error.reason === 'overloaded' ? from : undefined;
    if (refusedBy && !places.hasPlace(request, refusedBy)) throw error;
    if (!this.options.retries.take(performance.now())) throw error;
    this.options.traffic.observer.onRetry();
    tries.attempts += 1;
    const elsewhere = refusedBy ? places.take(request, refusedBy) : places.takeNow(request);
    return elsewhere ?? this.waiting.wait(request);
  }
}
