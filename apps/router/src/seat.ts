import type { ServingError } from '@medserve/errors';
import type { IncomingRequest } from '@medserve/rpc';
import type { Decision } from './decision';
import type { ScalingPool } from './demand/scaling-pool';
import type { Host, Replica } from './replica';
import type { Startable } from './startable';

/** A place on a replica, taken: its host counts the request already. */
export interface Seat {
  readonly replica: Replica;
  readonly host: Host;
  /** How it came to be chosen, for a request that wants to know. */
  readonly told: Pick<Decision, 'candidates' | 'omitted'> | undefined;
}

/** What a waiting room has to know of those that it waits for. */
export interface Seats {
  readonly replicas: readonly Startable[];
  /** Whose demand those are who wait. */
  readonly scaling: ScalingPool;
  /** Whether replicas may come that are not there yet. */
  readonly isExpected: boolean;
  /** Those of them that can serve the model, now or after loading it. */
  able(): readonly Startable[];
  /** Whether a connected replica has a place for it. */
  hasPlace(request: IncomingRequest): boolean;
  /** A place on the best connected replica; `undefined` when none has one. */
  take(request: IncomingRequest): Seat | undefined;
  /** Who would be opened next, for want of a place; `undefined` when that is not worth while. */
  nextToOpen(passedOver: ReadonlySet<Startable>): Startable | undefined;
  /** Why nobody can serve the model, whatever is waited for; `undefined`: somebody can. */
  refusal(): ServingError | undefined;
}
