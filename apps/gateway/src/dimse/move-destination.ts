import type { Destination } from '@medserve/dimse';

/** Where C-MOVE may send: a node that operators named. */
export interface MoveDestination extends Destination {
  readonly aet: string;
}
