import { ServingError } from '@medserve/errors';
import type { CatalogueEntry, EncodedFrame, IncomingRequest } from '@medserve/rpc';
import {
  filtersFor,
  hashText,
  isAble,
  mayEject,
  pickReplica,
  type OutlierRules,
  type RetryBudget,
  type Situation,
} from '@medserve/serving';
import { appendDecision, explainChoice } from './decision';
import { isReplicaFailure, outcomeOf, outcomeOfError, type Outcome } from './outcome';
import type { Replica } from './replica';
import type { Seat, Seats } from './seat';
import type { Startable } from './startable';
import type { Traffic } from './traffic';
import { WaitingRoom } from './waiting-room';

export interface PoolOptions {
  readonly maxQueue: number;
  readonly outliers: OutlierRules;
  readonly retries: RetryBudget;
  readonly traffic: Traffic;
  readonly random: () => number;
}

/** At most this many times is one request sent. */
const MOST_ATTEMPTS = 2;

/**
 * All replicas of one version of a model. A request takes a free place on one of them at once, or waits in the pool's room
 * until there is one: which replica it gets is decided as late as that, so that a more urgent one that comes later overtakes.
 */
export class Pool implements Seats {
  replicas: readonly Replica[] = [];
  private readonly room: WaitingRoom;

  constructor(
    private entry: CatalogueEntry,
    private readonly options: PoolOptions,
  ) {
    this.room = new WaitingRoom(this, options.maxQueue, options.traffic);
  }

  /** The catalogue changed. */
  update(entry: CatalogueEntry, replicas: readonly Replica[]): void {
    this.entry = entry;
    this.replicas = replicas;
    this.room.update();
  }

  get isIdle(): boolean {
    return this.room.size === 0 && this.replicas.every(({ inFlight }) => inFlight === 0);
  }

  get waiting(): WaitingRoom {
    return this.room;
  }

  /** @throws ServingError; what the host itself refused comes back as its own failure frame. */
  async serve(request: IncomingRequest): Promise<EncodedFrame> {
    const { retries, traffic } = this.options;
    const enteredAtMs = performance.now();
    let waitedMs = 0;
    let attempts = 0;
    retries.first(enteredAtMs);
    for (;;) {
      const askedAtMs = attempts === 0 ? enteredAtMs : performance.now();
      const seat = this.seatNow(request) ?? (await this.room.wait(request));
      waitedMs += performance.now() - askedAtMs;
      attempts += 1;
      if (attempts === 1) traffic.observer.onWaited(waitedMs / 1_000);
      const outcome = await this.attempt(seat.replica, request);
      if (outcome.kind === 'answered') {
        const { told } = seat;
        if (!told) return outcome.frame;
        const { name: model, version } = this.entry;
        const queuedMs = Math.round(1_000 * waitedMs) / 1_000;
        return appendDecision(outcome.frame, { model, version, ...told, picked: seat.replica.pod, queuedMs, attempts });
      }
      if (outcome.kind === 'failed' || request.signal.aborted || attempts === MOST_ATTEMPTS) throw outcome.error;
      // Who said that it is full would say it again: only another replica can help.
      if (outcome.error.reason === 'overloaded' && this.replicas.length === 1) throw outcome.error;
      if (!retries.take(performance.now())) throw outcome.error;
      traffic.observer.onRetry();
    }
  }

  /** A place that is free now, taken; none while others wait for one. */
  private seatNow(request: IncomingRequest): Seat | undefined {
    return this.room.size === 0 ? this.take(request) : undefined;
  }

  take(request: IncomingRequest): Seat | undefined {
    const situation = this.situation(request);
    const replica = pickReplica(this.replicas, situation, this.options.random);
    if (replica?.link !== 'up') return undefined;
    const told = request.routing.wantsDecision ? explainChoice(this.replicas, situation) : undefined;
    replica.inFlight += 1;
    return { replica, told };
  }

  hasPlace(): boolean {
    const filteredBy = filtersFor(this.replicas, this.situation());
    return this.replicas.some((replica) => replica.link === 'up' && filteredBy(replica) === undefined);
  }

  nextToOpen(passedOver: ReadonlySet<Startable>): Replica | undefined {
    const candidates = this.replicas.filter((replica) => replica.link === 'none' && !passedOver.has(replica));
    return pickReplica(candidates, this.situation(), this.options.random);
  }

  refusal(): ServingError | undefined {
    const situation = this.situation();
    if (this.replicas.some((replica) => isAble(replica, situation))) return undefined;
    const { state, reason } = this.entry;
    if (state === 'unloaded')
      return new ServingError('model_unloaded', 'The model was unloaded on request.', { field: 'model' });
    if (state === 'broken')
      return new ServingError('model_broken', `The model is broken: ${reason}`, { field: 'model' });
    return new ServingError('unavailable', 'No inference pod has the model.');
  }

  close(): void {
    this.room.close();
    for (const replica of this.replicas) replica.close();
  }

  /** As known of any replica; while nobody knows, loading a further one is never worth while. */
  private expectedLoadMs(): number {
    const longest = this.replicas.reduce((most, { expectedLoadMs }) => Math.max(most, expectedLoadMs), 0);
    return longest === 0 ? Number.POSITIVE_INFINITY : longest;
  }

  private situation(request?: IncomingRequest): Situation {
    const key = request?.routing.affinityKey;
    return {
      nowMs: performance.now(),
      digest: this.entry.digest,
      affinity: key ? hashText(key) : undefined,
      expectedWaitMs: this.room.expectedWaitMs(),
      expectedLoadMs: this.expectedLoadMs(),
    };
  }

  /** One try with one replica, which has counted it. */
  private async attempt(replica: Replica, request: IncomingRequest): Promise<Outcome> {
    const { id, bytes, signal } = request;
    const sentAtMs = performance.now();
    let outcome: Outcome;
    let isNews = true;
    try {
      const stream = replica.host();
      try {
        const onProgress = (progress: Buffer): void => {
          request.forward(progress);
        };
        outcome = outcomeOf(await stream.exchange(id, bytes, { signal, onProgress }));
      } catch (error) {
        outcome = outcomeOfError(error);
      }
      // Of all that a leaving host sends back, the first tells something.
      if (this.isGone(outcome)) isNews = replica.drop(stream);
    } catch (error) {
      outcome = outcomeOfError(error);
    }
    this.judge(replica, outcome, performance.now() - sentAtMs, isNews);
    replica.inFlight -= 1;
    this.room.answered();
    return outcome;
  }

  private isGone(outcome: Outcome): boolean {
    if (outcome.kind === 'untouched') return outcome.error.reason === 'unavailable';
    return outcome.kind === 'failed' && outcome.error.reason === 'inference_failed';
  }

  private judge(replica: Replica, outcome: Outcome, heldMs: number, isNews: boolean): void {
    const reason = outcome.kind === 'answered' ? outcome.reason : outcome.error.reason;
    if (reason === undefined) replica.learn(heldMs, false);
    else if (reason === 'overloaded') replica.learn(heldMs, true);
    if (reason === 'cancelled') return;
    const failed = isNews && isReplicaFailure(reason, heldMs, replica.latencyMs);
    const nowMs = performance.now();
    const { outliers, traffic } = this.options;
    if (!replica.observe(failed, nowMs, outliers)) return;
    const able = this.replicas.filter((other) => isAble(other, this.situation()));
    const out = able.filter(({ ejectedUntilMs }) => ejectedUntilMs > nowMs).length;
    if (!mayEject(able.length, out, outliers)) return;
    replica.eject(nowMs, outliers);
    traffic.observer.onEjection();
  }
}
