import { ServingError } from '@medserve/errors';
import { fromRequestClass, reasonOfBroken, type CatalogueEntry, type IncomingRequest } from '@medserve/rpc';
import { filtersFor, hashText, isAble, pickReplica, type Situation } from '@medserve/serving';
import { explainChoice } from './decision';
import type { ScalingPool } from './demand/scaling-pool';
import type { Replica } from './replica';
import type { Seat, Seats } from './seat';
import type { Startable } from './startable';
import type { Traffic } from './traffic';
import { WaitingRoom } from './waiting-room';

export interface PlacesOptions {
  readonly traffic: Traffic;
  /** In [0, 1). */
  readonly random: () => number;
}

/** The places that the replicas of one version of a model have, and the room of those who wait for one. */
export class Places implements Seats {
  replicas: readonly Replica[] = [];
  isExpected = false;
  readonly room: WaitingRoom;

  constructor(
    private entry: CatalogueEntry,
    public scaling: ScalingPool,
    private readonly options: PlacesOptions,
  ) {
    this.room = new WaitingRoom(this, scaling.terms.waiting.requests, options.traffic);
  }

  /** Whether answers take as long as they are, so that only their beginning says how quick a replica is. */
  get writes(): boolean {
    return this.entry.language?.generates ?? false;
  }

  /** @param isExpected whether it is worth waiting for replicas where there are none */
  update(entry: CatalogueEntry, replicas: readonly Replica[], scaling: ScalingPool, isExpected: boolean): void {
    this.entry = entry;
    this.replicas = replicas;
    this.scaling = scaling;
    this.isExpected = isExpected;
    this.room.update();
  }

  /** No pod has the model any more, and none is expected to. */
  unlisted(): void {
    this.isExpected = false;
    this.room.update();
  }

  /** A place that is free now, taken; none while others wait for one, unless it is one that those cannot have. */
  takeNow(request: IncomingRequest): Seat | undefined {
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

  /** It is answered, or was given back. */
  giveBack({ host }: Seat): void {
    host.inFlight -= 1;
    this.room.answered();
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
    if (this.isExpected) return undefined;
    return new ServingError('unavailable', 'No inference pod has the model.');
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
}
