import type { CommandSet } from '../../message/command-set';
import type { Peer } from '../../peer';
import type { NodeHandler, Outcome } from '../handler';
import type { DimseLimits } from '../limits';
import type { Context } from '../negotiate';

/** One request of a peer, and the way back to it. */
export interface Call {
  readonly peer: Peer;
  readonly association: string;
  readonly context: Context;
  readonly command: CommandSet;
  readonly handler: NodeHandler;
  readonly limits: DimseLimits;
  /** Writes a response; resolves when more may be written. `more` are numbers of the command set, by element. */
  respond(outcome: Outcome, more?: ReadonlyMap<number, number>, dataSet?: Buffer): Promise<void>;
}

/** A request that is being received, then performed. */
export interface Operation {
  /** A piece of its data set; the next one is not read before this resolves. Never throws. */
  take(bytes: Buffer): void | Promise<void>;
  /** The request is whole: does it, and answers. @returns the last status that was sent */
  perform(): Promise<number>;
  /** The peer wants no more of it, or is gone. */
  cancel(): void;
  /** The association ended before the request was whole. */
  abandon(): void | Promise<void>;
}
