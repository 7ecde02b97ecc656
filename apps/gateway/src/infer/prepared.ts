import type { ServingError } from '@medserve/errors';
import type { Finding, GenerationDelta, Sensitive, StudyContext } from '@medserve/clinical';
import type { TensorBytes } from '@medserve/rpc';
import type { Dispatched, DispatchOrder, ModelChoice, StoredResult } from './ports';
import type { EventSubject } from './record-events';
import type { SeenInput } from './observed-facts';
import type { PhaseTimes } from './phase-times';

export interface Composition {
  readonly id: string;
  readonly done: Dispatched;
  readonly record: { readonly accepted: string; readonly completed: string };
  readonly timings: Readonly<Record<string, number>>;
  /** SHA-256, in hex, of the words that left before the answer did. */
  readonly streamed?: string;
}

/** The end of a request as its caller gets it; tensors travel beside the stored document, which holds their hashes. */
export interface Ended extends StoredResult {
  readonly tensors?: readonly TensorBytes[];
  /** Who answered; absent of what is read from the record. */
  readonly model?: ModelChoice;
  /** How the router chose, as JSON, for who wanted to know. */
  readonly decision?: string;
  /** Of a problem: after how many milliseconds a retry makes sense. Absent of what is read from the record, where it is past. */
  readonly retryAfterMs?: number;
}

/** HMAC-SHA-256 of words under a key of the request's tenant, in hex. */
export type KeyedHash = (words: string) => string;

/** A request that may be accepted: nothing about it will be refused any more. */
export interface Prepared {
  readonly subject: EventSubject;
  readonly fingerprint: Buffer;
  readonly idempotencyKey: string | undefined;
  readonly order: Omit<DispatchOrder, 'deadlineMs'>;
  /** For metrics: the name of the model that the catalogue expects to answer. */
  readonly modelName: string;
  /** By the monotonic clock, in milliseconds. */
  readonly deadlineAtMs: number;
  readonly times: PhaseTimes;
  /** What is on record about its input beside its hash; absent: nothing was looked at. */
  readonly seen?: SeenInput;
  /** What its images say of their study; kept with the answer. Absent: they are of none. */
  readonly context?: Sensitive<StudyContext>;
  /** How long its model is expected to be loading still, in milliseconds; 0: not known; absent: it is loaded. */
  readonly loadMs?: number;
  /** After so many milliseconds a job will do as an answer; absent: never. */
  readonly jobAfterMs?: number;
  /** What it failed of before it was accepted: it goes on record and is not dispatched. */
  readonly failure?: ServingError;
  /** Told of what a model wrote, in order, before the answer is whole; absent: nobody reads along. */
  readonly onDelta?: (delta: GenerationDelta) => void;
  /** Ends the work, whoever waits for it; its reason is the ServingError that the request ends in. */
  readonly stop?: AbortSignal;
  /** Makes the document whose bytes are hashed, stored and sent; of an answer that was read along, all bytes of it. */
  compose(composition: Composition): Buffer;
  /** Of the document. Default: `application/json`. */
  readonly contentType?: string;
  /**
   * What left of an answer that was read along and ended otherwise, with the error that its reader is told of; undefined: nothing
   * had left, and the problem alone stands for the request.
   */
  composeCutOff?(error: ServingError, keyed: KeyedHash): StoredResult | undefined;
}

export type Answered = Dispatched & { readonly finding: Finding };
