import { ServingError } from '@medserve/errors';
import {
  fromRequestClass,
  reasonOfBroken,
  type CatalogueEntry,
  type EncodedFrame,
  type IncomingRequest,
} from '@medserve/rpc';
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
import { cutOff, isReplicaFailure, isWithoutPlace, outcomeOf, outcomeOfError, type Outcome } from './outcome';
import { ReadAlong } from './read-along';
import type { Host, Replica } from './replica';
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
  /** Requests that are served, waiting or sent. */
  private inside = 0;

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

  /** Whether answers take as long as they are, so that only their beginning says how quick a replica is. */
  private get writes(): boolean {
    return this.entry.language?.generates ?? false;
  }

  get isIdle(): boolean {
    return this.inside === 0 && this.replicas.every(({ link }) => link !== 'opening');
  }

  get waiting(): WaitingRoom {
    return this.room;
  }

  /** @throws ServingError; what the host itself refused comes back as its own failure frame. */
  async serve(request: IncomingRequest): Promise<EncodedFrame> {
    this.inside += 1;
    try {
      return await this.untilAnswered(request);
    } finally {
      this.inside -= 1;
    }
  }

  private async untilAnswered(request: IncomingRequest): Promise<EncodedFrame> {
    const { retries, traffic } = this.options;
    let askedAtMs = performance.now();
    let seat = this.seatNow(request) ?? (await this.room.wait(request));
    const sentAtMs = performance.now();
    let waitedMs = sentAtMs - askedAtMs;
    retries.first(sentAtMs);
    traffic.observer.onWaited(waitedMs / 1_000);
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await this.attempt(seat, request);
      if (outcome.kind === 'answered') {
        const { told } = seat;
        if (!told) return outcome.frame;
        const { name: model, version } = this.entry;
        const queuedMs = Math.round(1_000 * waitedMs) / 1_000;
        return appendDecision(outcome.frame, { model, version, ...told, picked: seat.replica.pod, queuedMs, attempts });
      }
      const { kind, error } = outcome;
      if (kind === 'failed' || request.signal.aborted || attempts === MOST_ATTEMPTS) throw error;
      // Who said that it is full, or too slow, would say it again: only another one can help, and the request had its turn.
      const refusedBy = error.reason === 'overloaded' ? seat.replica : undefined;
      if (refusedBy && !this.hasPlace(request, refusedBy)) throw error;
      askedAtMs = performance.now();
      if (!retries.take(askedAtMs)) throw error;
      traffic.observer.onRetry();
      const elsewhere = refusedBy ? this.take(request, refusedBy) : this.seatNow(request);
      seat = elsewhere ?? (await this.room.wait(request));
      waitedMs += performance.now() - askedAtMs;
    }
  }

  /** A place that is free now, taken; none while others wait for one, unless it is one that those cannot have. */
  private seatNow(request: IncomingRequest): Seat | undefined {
    return this.room.size === 0 || this.isMadeRoomFor(request) ? this.take(request) : undefined;
  }

  take(request: IncomingRequest, without?: Replica): Seat | undefined {
    const situation = this.situation(request);
    const candidates = this.others(without);
    const replica = pickReplica(candidates, situation, this.options.random);
    if (replica?.link !== 'up' || !replica.host) return undefined;
    const told = request.routing.wantsDecision ? explainChoice(candidates, situation) : undefined;
    const { host } = replica;
    host.inFlight += 1;
    return { replica, host, told };
  }

  hasPlace(request: IncomingRequest, without?: Replica): boolean {
    const candidates = this.others(without);
    const filteredBy = filtersFor(candidates, this.situation(request));
    return candidates.some((replica) => replica.link === 'up' && filteredBy(replica) === undefined);
  }

  able(): readonly Replica[] {
    return this.replicas.filter((replica) => isAble(replica, this.entry));
  }

  nextToOpen(passedOver: ReadonlySet<Startable>): Replica | undefined {
    const candidates = this.replicas.filter((replica) => replica.link === 'none' && !passedOver.has(replica));
    return pickReplica(candidates, this.situation(), this.options.random);
  }

  refusal(): ServingError | undefined {
    if (this.replicas.some((replica) => isAble(replica, this.entry))) return undefined;
    const { state, reason } = this.entry;
    if (state === 'unloaded')
      return new ServingError('model_unloaded', 'The model was unloaded on request.', { field: 'model' });
    if (state === 'broken')
      return new ServingError(reasonOfBroken(this.entry), `The model is broken: ${reason}`, { field: 'model' });
    return new ServingError('unavailable', 'No inference pod has the model.');
  }

  close(): void {
    this.room.close();
    for (const replica of this.replicas) replica.close();
  }

  private others(without: Replica | undefined): readonly Replica[] {
    return without ? this.replicas.filter((replica) => replica !== without) : this.replicas;
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
      hostMakesRoom: request !== undefined && this.isMadeRoomFor(request),
    };
  }

  /** A host that writes has research wait for `stat`, which it can only when it is sent there. */
  private isMadeRoomFor({ routing }: IncomingRequest): boolean {
    return this.writes && fromRequestClass(routing.requestClass) === 'stat';
  }

  /** One try with one host, which has counted it. */
  private async attempt({ replica, host }: Seat, request: IncomingRequest): Promise<Outcome> {
    const { id, bytes, signal } = request;
    const along = new ReadAlong(request, performance.now());
    let outcome: Outcome;
    try {
      // Between the place and the sending another answer may have told that the host is leaving.
      if (replica.host !== host) throw new ServingError('unavailable', 'The model host is gone.');
      const onProgress = (frame: Buffer): void => {
        along.forward(frame, performance.now());
      };
      outcome = outcomeOf(await host.stream.exchange(id, bytes, { signal, onProgress }));
    } catch (error) {
      outcome = outcomeOfError(error);
    }
    // Of all that a leaving host sends back, the first tells something.
    const isNews = replica.host === host;
    if (this.isGone(outcome, host)) replica.drop(host);
    if (along.hasBegun) outcome = cutOff(outcome);
    this.judge(replica, outcome, along, isNews);
    host.inFlight -= 1;
    this.room.answered();
    return outcome;
  }

  private isGone(outcome: Outcome, host: Host): boolean {
    if (outcome.kind === 'failed') return outcome.error.reason === 'inference_failed';
    if (outcome.kind !== 'untouched' || outcome.error.reason !== 'unavailable') return false;
    // Of a model that others run for us, it is mostly them who are away; a host that leaves says so, and its stream is over.
    return !this.writes || !host.stream.connected;
  }

  private judge(replica: Replica, outcome: Outcome, along: ReadAlong, isNews: boolean): void {
    const reason = outcome.kind === 'answered' ? outcome.reason : outcome.error.reason;
    if (!isNews || reason === 'cancelled') return;
    const heldMs = performance.now() - along.sentAtMs;
    if (this.writes) replica.noteLatency(along.firstPartMs);
    else if (reason === undefined) replica.learn(heldMs, false);
    if (outcome.kind === 'untouched' && isWithoutPlace(outcome.error)) replica.learn(heldMs, true);
    const silentMs = this.writes ? along.silentMs(performance.now()) : heldMs;
    const failed = isReplicaFailure(reason, silentMs, replica.latencyMs);
    const nowMs = performance.now();
    const { outliers, traffic } = this.options;
    if (!replica.observe(failed, nowMs, outliers)) return;
    const able = this.able();
    const out = able.filter(({ ejectedUntilMs }) => ejectedUntilMs > nowMs).length;
    if (!mayEject(able.length, out, outliers)) return;
    replica.eject(nowMs, outliers);
    traffic.observer.onEjection();
  }
}
