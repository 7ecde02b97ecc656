import type { Peer } from '../peer';

/** DIMSE status (PS3.7 Annex C): 0 is success, Bxxx a warning, all else a refusal. */
export interface Outcome {
  readonly status: number;
  /** (0000,0902), at most 64 characters, never anything of a patient. */
  readonly comment?: string;
}

export type Admission =
  | { readonly kind: 'accepted' }
  /** A-ASSOCIATE-RJ (PS3.8 9.3.4): the two unknown titles are permanent, congestion is transient. */
  | { readonly kind: 'rejected'; readonly reason: 'called-ae-unknown' | 'calling-ae-unknown' | 'congestion' };

export interface StoreRequest {
  readonly peer: Peer;
  /** Stays the same for all requests of one association. */
  readonly association: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** Of the presentation context: how the data set is encoded. */
  readonly transferSyntaxUid: string;
}

/** Takes one data set as it comes. */
export interface StoreSink {
  /** The peer is not read on before this resolves. */
  write(chunk: Buffer): void | Promise<void>;
  /** All of it came. Resolves when the answer may leave: for success, when the instance is durable. */
  end(): Promise<Outcome>;
  /** It will not be completed: aborted, cut off, or silent for too long. Nothing of it may stay. */
  abort(): void | Promise<void>;
}

export interface QueryRequest {
  readonly peer: Peer;
  readonly association: string;
  /** SOP class of the query or retrieve service. */
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /** The identifier, encoded in that transfer syntax. */
  readonly identifier: Buffer;
  /** Aborted by C-CANCEL, and when the association ends. */
  readonly signal: AbortSignal;
}

export interface MoveRequest extends QueryRequest {
  /** AE title of the node that it is to be sent to. */
  readonly destination: string;
  /** What the sub-operations name as their originator, beside the calling title (PS3.7 9.1.1.1.6). */
  readonly messageId: number;
}

/** One match of C-FIND. */
export interface Matched {
  /** In the request's transfer syntax. */
  readonly identifier: Buffer;
  /** Whether keys of the request are not supported, be it that they choose nothing or that they are not known of a match. */
  readonly hasUnsupportedKeys: boolean;
}

/** One sub-operation of C-MOVE or C-GET. */
export interface Moved {
  readonly kind: 'total' | 'completed' | 'warning' | 'failed';
  /** With `total`: how many there will be. */
  readonly count?: number;
  /** With `failed`: its SOP Instance UID, for (0008,0058). */
  readonly sopInstanceUid?: string;
}

/**
 * What a DICOM node does with what peers ask. A method that throws is answered with 0110 (processing failure), and the association
 * goes on; ServingError `unavailable` and `overloaded` with A700, `invalid_request` with A900.
 */
export interface NodeHandler {
  admit(peer: Peer): Admission | Promise<Admission>;
  store(request: StoreRequest): StoreSink | Promise<StoreSink>;
  find(request: QueryRequest): AsyncIterable<Matched>;
  /** @throws ServingError `not_found` for a destination that nobody knows: answered with A801 */
  move(request: MoveRequest): AsyncIterable<Moved>;
  /** Called once for each association that was accepted. */
  ended(association: string, how: 'released' | 'aborted'): void;
}
