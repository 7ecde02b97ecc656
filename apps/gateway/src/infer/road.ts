import { hash } from 'node:crypto';
import { ServingError, toServingError } from '@medserve/errors';
import { newEventId } from '@medserve/events';
import type { Instruments, Logger } from '@medserve/runtime';
import { Arrivals } from './arrivals';
import type { RequestClass } from '../intake/inference-request';
import { Insistence } from './insistence';
import { optional } from './model-words';
import type { Acceptance, Dispatcher, Progress, Records, StoredResult } from './ports';
import type { Ended, Prepared } from './prepared';
import { PROBLEM_TYPE, toProblem } from './problem';
import { acceptedEvent, completedEvent, endedEvent } from './record-events';
import { watchLoading } from './watch-loading';

export interface RoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface RoadParts {
  readonly dispatcher: Dispatcher;
  readonly records: Records;
  readonly instruments: Instruments;
  readonly logger: Logger;
  readonly now: () => Date;
}

/** A request that was accepted: its record exists, and it will end in another one. */
export interface Accepted {
  readonly id: string;
  /** What to send: the answer, or the problem that ended the request. Its record is committed before this resolves. */
  readonly ended: Promise<Ended>;
}

/**
 * The road of an accepted request: ACCEPTED, dispatch, COMPLETED. It ends in exactly one record, whatever happens, and no
 * byte of an answer exists for the caller before that record is committed.
 */
export class Road {
  /** Requests of this gateway that run, by id: a repeated idempotency key waits here instead of asking the database. */
  private readonly running = new Map<string, Promise<Ended>>();

  private readonly arrivals = new Arrivals(() => performance.now());
  private readonly insistence: Insistence;

  constructor(private readonly parts: RoadParts) {
    this.insistence = new Insistence(parts.logger);
  }

  /**
   * Whether a request to the model would be accepted now: for doors that would have to do much before they could ask.
   *
   * @throws ServingError `overloaded`
   */
  check(modelName: string, urgency: RequestClass, leftMs: number): void {
    this.arrivals.check(modelName, urgency, leftMs);
  }

  /**
   * @throws ServingError `overloaded` when the places for its class are taken: then nothing is recorded;
   *   `idempotency_key_reused` when the key stands for another request; `unavailable` without a record
   */
  async accept(prepared: Prepared, options: RoadOptions): Promise<Accepted> {
    const { subject } = prepared;
    const leave = this.arrivals.enter(prepared.modelName, subject.class, prepared.deadlineAtMs - performance.now());
    const acceptedId = newEventId();
    const acceptance = await this.record(prepared, acceptedId).catch((error: unknown) => {
      leave(false);
      throw error;
    });
    switch (acceptance.kind) {
      case 'reused':
        leave(false);
        throw new ServingError('idempotency_key_reused', 'The idempotency key stands for another request.', {
          field: 'Idempotency-Key',
        });
      case 'replay':
        leave(false);
        return { id: acceptance.id, ended: this.replay(subject.tenant, acceptance.id, options.signal) };
      case 'accepted':
        options.onProgress?.({ phase: 'accepted', percent: 1 });
        return {
          id: subject.request,
          ended: this.track(subject.request, this.run(prepared, acceptedId, patient(prepared, options)), leave),
        };
    }
  }

  private record(prepared: Prepared, acceptedId: string): Promise<Acceptance> {
    const { subject, idempotencyKey, fingerprint, times } = prepared;
    return times.measure('accept', () =>
      this.parts.records.accept({
        id: subject.request,
        tenant: subject.tenant,
        actor: subject.actor,
        ...(idempotencyKey === undefined ? {} : { idempotencyKeyHash: sha256Of(Buffer.from(idempotencyKey)) }),
        fingerprint,
        leaseMs: Math.ceil(prepared.deadlineAtMs - performance.now()) + LEASE_MARGIN_MS,
        event: acceptedEvent(subject, acceptedId, this.parts.now()),
      }),
    );
  }

  /** Resolves when the requests that run here have ended, in a record where that is possible. */
  async drain(): Promise<void> {
    await Promise.allSettled([...this.running.values()]);
    await this.insistence.close();
  }

  private track(id: string, ended: Promise<Ended>, leave: (isAnswered: boolean) => void): Promise<Ended> {
    const { inFlight } = this.parts.instruments;
    this.running.set(id, ended);
    inFlight.set(this.running.size);
    const forget = (isAnswered: boolean): void => {
      this.running.delete(id);
      inFlight.set(this.running.size);
      leave(isAnswered);
    };
    ended.then(
      ({ contentType }) => {
        forget(contentType !== PROBLEM_TYPE);
      },
      () => {
        forget(false);
      },
    );
    return ended;
  }

  private async run(prepared: Prepared, acceptedId: string, options: RoadOptions): Promise<Ended> {
    try {
      return await this.answer(prepared, acceptedId, options);
    } catch (error) {
      return this.fail(prepared, toServingError(error));
    }
  }

  private async answer(prepared: Prepared, acceptedId: string, options: RoadOptions): Promise<Ended> {
    const { subject, order, times } = prepared;
    if (prepared.failure !== undefined) throw prepared.failure;
    const deadlineMs = Math.floor(prepared.deadlineAtMs - performance.now());
    if (deadlineMs < 1)
      throw new ServingError('deadline_exceeded', 'The deadline passed before the request was dispatched.');
    const done = await times.measure('dispatch', () =>
      this.parts.dispatcher.dispatch(
        { ...order, deadlineMs },
        { signal: options.signal, ...optional('onProgress', watchLoading(prepared, deadlineMs, options.onProgress)) },
      ),
    );
    const completedId = newEventId();
    const bytes = prepared.compose({
      id: subject.request,
      done,
      record: { accepted: acceptedId, completed: completedId },
      timings: { ...done.timings, ...times.snapshot() },
    });
    const result = { bytes, contentType: 'application/json' };
    const outcome = await times.measure('complete', () =>
      this.parts.records.finish({
        id: subject.request,
        tenant: subject.tenant,
        status: 'completed',
        event: completedEvent(subject, completedId, this.parts.now(), done, sha256Of(bytes).toString('hex')),
        result,
      }),
    );
    if (outcome.kind === 'superseded') return this.recorded(subject.tenant, subject.request);
    this.count(prepared, 'completed');
    const { model, tensors, decision } = done;
    return { ...result, model, ...optional('tensors', tensors), ...optional('decision', decision) };
  }

  /** Ends an accepted request that has no answer: the problem is recorded and stored as an answer would be. */
  private async fail(prepared: Prepared, error: ServingError): Promise<Ended> {
    const { subject } = prepared;
    if (error.category === 'internal') {
      this.parts.logger.error('a request failed by a mistake of ours', {
        requestId: subject.request,
        error: error.cause ?? error,
      });
    }
    const bytes = Buffer.from(JSON.stringify(toProblem(error, subject.request)));
    const result: StoredResult = { bytes, contentType: PROBLEM_TYPE };
    const status = error.reason === 'cancelled' ? 'cancelled' : 'failed';
    const ending = {
      id: subject.request,
      tenant: subject.tenant,
      status,
      event: endedEvent(subject, status, this.parts.now(), error.reason, sha256Of(bytes).toString('hex')),
      result,
    } as const;
    const outcome = await this.parts.records.finish(ending).catch((cause: unknown) => {
      this.insistence.insist(subject.request, async () => {
        await this.parts.records.finish(ending);
      });
      throw new ServingError('unavailable', 'The record of the request could not be committed.', { cause });
    });
    // The commit of an answer can be reported as failed and have succeeded: what is on record is what the caller gets.
    if (outcome.kind === 'superseded') return this.recorded(subject.tenant, subject.request);
    this.count(prepared, status);
    return { ...result, ...optional('retryAfterMs', error.retryAfterMs) };
  }

  private async replay(tenant: string, id: string, signal: AbortSignal): Promise<Ended> {
    const here = this.running.get(id);
    if (here !== undefined) return here;
    while ((await this.parts.records.find(tenant, id))?.status === 'accepted') await pause(REPLAY_POLL_MS, signal);
    return this.recorded(tenant, id);
  }

  /** What a request that has ended ended in. */
  private async recorded(tenant: string, id: string): Promise<Ended> {
    const found = await this.parts.records.find(tenant, id);
    if (found?.result !== undefined) return found.result;
    throw new ServingError(
      'inference_failed',
      'The request was abandoned: the gateway that ran it died, or its time ran out.',
      {
        remedy: 'Send the request again; the same Idempotency-Key may be used.',
      },
    );
  }

  private count({ subject, modelName, times }: Prepared, outcome: string): void {
    const { task, modality } = subject;
    this.parts.instruments.requests.inc({ task, modality, model: modelName, outcome });
    this.parts.instruments.requestSeconds.observe({ task, modality }, times.totalMs / 1000);
  }
}

/** From the deadline to the moment when a request without a terminal record counts as abandoned. */
const LEASE_MARGIN_MS = 60_000;

/** How often a repeated key looks whether the first request, which runs in another gateway, has ended. */
const REPLAY_POLL_MS = 50;

/** Who gives an idempotency key may hang up, come back with it and ask again: the work goes on until its deadline. */
const patient = ({ idempotencyKey }: Prepared, options: RoadOptions): RoadOptions =>
  idempotencyKey === undefined ? options : { ...options, signal: new AbortController().signal };

const sha256Of = (bytes: Buffer): Buffer => hash('sha256', bytes, 'buffer');

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(new ServingError('cancelled', 'The caller went away.'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
