import { hash } from 'node:crypto';
import { ServingError, toServingError } from '@medserve/errors';
import type { Instruments, Logger } from '@medserve/runtime';
import { failpoint } from '@medserve/runtime/failpoints';
import type { References } from '../privacy/subject-hashes';
import { Insistence } from './insistence';
import { optional } from './model-words';
import type { Acceptance, Dispatched, FinishOutcome, Records, StoredResult } from './ports';
import type { Ended, KeyedHash, Prepared } from './prepared';
import { PROBLEM_TYPE, toProblem } from '../http/problem';
import { completedEvent, endedEvent } from './record-events';
import { recordedEnd } from './recorded-end';

export interface EndingParts {
  readonly records: Records;
  readonly instruments: Instruments;
  readonly logger: Logger;
  readonly now: () => Date;
  /** Key what stands in clear for words: a short one could be guessed from a hash without a key, also after its shredding. */
  readonly references: Pick<References, 'words'>;
  /** Told of every request that ended here; absent: nobody counts. */
  readonly meter?: Meter;
}

/** Counts requests where they end. */
export interface Meter {
  /** A request has ended in its record. @param done absent: no model answered */
  ended(prepared: Prepared, outcome: Outcome, done?: Dispatched): void;
}

type Ending = Parameters<Records['finish']>[0];

/** How a request ended, as its record says. */
export type Outcome = Ending['status'];

/** What a model answered, as it goes on record. */
export interface Answer {
  readonly done: Dispatched;
  /** The id of the record of its end, chosen before the answer is hashed. */
  readonly completedId: string;
  readonly bytes: Buffer;
}

/** How requests end on record: each in one record, whatever becomes of the database meanwhile, and counted once. */
export class Endings {
  private readonly insistence: Insistence;

  constructor(private readonly parts: EndingParts) {
    this.insistence = new Insistence(parts.logger);
  }

  /** Commits the record of an answer, which may leave then. @throws ServingError `unavailable`: then it may not */
  async answered(prepared: Prepared, { done, completedId, bytes }: Answer): Promise<Ended> {
    const { subject, times, seen } = prepared;
    const result = { bytes, contentType: prepared.contentType ?? 'application/json' };
    const ending = {
      id: subject.request,
      tenant: subject.tenant,
      status: 'completed',
      event: completedEvent(subject, completedId, this.parts.now(), done, sha256Of(bytes).toString('hex'), seen),
      result,
    } as const;
    const outcome = await times.measure('complete', (traceparent) => this.finishSurely({ ...ending, traceparent }));
    await failpoint('gateway.after-complete');
    if (outcome.kind === 'superseded') return recordedEnd(this.parts.records, subject.tenant, subject.request);
    this.count(prepared, 'completed', done);
    const { model, tensors, decision } = done;
    return { ...result, model, ...optional('tensors', tensors), ...optional('decision', decision) };
  }

  /** Ends an accepted request that has no answer: the problem is recorded and stored as an answer would be. */
  async failed(prepared: Prepared, error: ServingError): Promise<Ended> {
    const { subject } = prepared;
    if (error.category === 'internal') {
      this.parts.logger.error('a request failed by a mistake of ours', {
        requestId: subject.request,
        error: error.cause ?? error,
      });
    }
    const finish = this.finisher(prepared, error);
    const { ending, outcome } = await finish().catch((cause: unknown) => {
      this.insistence.insist(subject.request, async () => {
        const late = await finish();
        if (late.outcome.kind === 'recorded') this.count(prepared, late.ending.status);
      });
      throw new ServingError('unavailable', 'The record of the request could not be committed.', { cause });
    });
    // The commit of an answer can be reported as failed and have succeeded: what is on record is what the caller gets.
    if (outcome.kind === 'superseded') return recordedEnd(this.parts.records, subject.tenant, subject.request);
    this.count(prepared, ending.status);
    return { ...ending.result, ...optional('retryAfterMs', error.retryAfterMs) };
  }

  /**
   * Ends a request that was refused because nobody knew in time whether it was on record: its key would stand for a request
   * that nobody works on. One without a key is left to the sweeper where the database is gone: there may be many.
   */
  disown(prepared: Prepared, accepting: Promise<Acceptance>, error: ServingError): void {
    const { subject, idempotencyKey } = prepared;
    const isUnknown = error.reason === 'unavailable' || error.reason === 'deadline_exceeded';
    if (!isUnknown || (idempotencyKey === undefined && error.reason === 'unavailable')) return;
    const ending = endingOf(prepared, error, this.parts.now(), plainProblem(prepared, error));
    this.insistence.insist(subject.request, async () => {
      const acceptance = await accepting.catch(() => undefined);
      if (acceptance !== undefined && acceptance.kind !== 'accepted') return;
      const outcome = await this.parts.records.finish(ending).catch((failure: unknown) => {
        // Never accepted, after all: then there is nothing to end.
        if (toServingError(failure).reason !== 'internal') throw failure;
      });
      if (outcome?.kind === 'recorded') this.count(prepared, ending.status);
    });
  }

  /** Resolves when what is insisted on is on record, or given up. */
  close(): Promise<void> {
    return this.insistence.close();
  }

  /**
   * Says an ending once more when nobody knows whether its commit succeeded before the connection was lost: of the same event
   * the record says that it has it.
   */
  private finishSurely(ending: Ending): Promise<FinishOutcome> {
    return this.parts.records.finish(ending).catch((error: unknown) => {
      if (toServingError(error).reason !== 'unavailable') throw error;
      return this.parts.records.finish(ending);
    });
  }

  /**
   * How to end a request that has no answer. What left of a stream is stored sealed; where that cannot be, for another reason than
   * that the database is away, the plain problem ends the request, with a keyed hash and the length of what would have been stored.
   */
  private finisher(
    prepared: Prepared,
    error: ServingError,
  ): () => Promise<{ readonly ending: Ending; readonly outcome: FinishOutcome }> {
    const keyed: KeyedHash = (words) => this.parts.references.words(prepared.subject.tenant, words);
    const cutOff = prepared.composeCutOff?.(error, keyed);
    const at = this.parts.now();
    const first = endingOf(prepared, error, at, cutOff ?? plainProblem(prepared, error));
    const finish = async (ending: Ending) => ({ ending, outcome: await this.parts.records.finish(ending) });
    if (cutOff === undefined || cutOff.contentType === PROBLEM_TYPE) return () => finish(first);
    const { bytes } = cutOff;
    const streamed = { hmacSha256: keyed(bytes.toString('utf8')), bytes: bytes.length };
    const plain = endingOf(prepared, error, at, plainProblem(prepared, error, streamed));
    return () =>
      finish(first).catch((failure: unknown) => {
        if (toServingError(failure).reason === 'unavailable') throw failure;
        return finish(plain);
      });
  }

  private count(prepared: Prepared, outcome: Outcome, done?: Dispatched): void {
    const { subject, modelName, times } = prepared;
    const { task, modality } = subject;
    this.parts.meter?.ended(prepared, outcome, done);
    this.parts.instruments.requests.inc({ task, modality, model: modelName, outcome });
    this.parts.instruments.requestSeconds.observe({ task, modality }, times.totalMs / 1000, times.trace?.traceId);
    times.trace?.note({ requestId: subject.request, task, modality, model: modelName, outcome });
  }
}

const sha256Of = (bytes: Buffer): Buffer => hash('sha256', bytes, 'buffer');

/** @param streamed stands for what left and cannot be stored */
function plainProblem(
  { subject }: Prepared,
  error: ServingError,
  streamed?: { readonly hmacSha256: string; readonly bytes: number },
): StoredResult {
  const problem = toProblem(error, subject.request);
  return {
    bytes: Buffer.from(JSON.stringify({ ...problem, ...optional('streamed', streamed) })),
    contentType: PROBLEM_TYPE,
  };
}

function endingOf({ subject, times }: Prepared, error: ServingError, at: Date, result: StoredResult): Ending {
  const status = error.reason === 'cancelled' ? 'cancelled' : 'failed';
  return {
    id: subject.request,
    tenant: subject.tenant,
    status,
    event: endedEvent(subject, status, at, error.reason, sha256Of(result.bytes).toString('hex')),
    result,
    traceparent: times.trace?.traceparent,
  };
}
