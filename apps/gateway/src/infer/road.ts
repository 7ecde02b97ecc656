import { hash } from 'node:crypto';
import { ServingError, toServingError } from '@medserve/errors';
import { newEventId, type Door } from '@medserve/events';
import { giveBack } from '@medserve/rpc';
import { failpoint } from '@medserve/runtime/failpoints';
import { Arrivals, type Leaving } from './arrivals';
import type { RequestClass } from './inference-request';
import { byDeadline } from './by-deadline';
import { Endings, type EndingParts } from './endings';
import { optional } from './model-words';
import type { Ticket } from '../quotas/ticket';
import { inputSize } from './work-of';
import type { Acceptance, BeforeStatus, Contexts, Dispatcher, Progress } from './ports';
import type { Ended, Prepared } from './prepared';
import { acceptedEvent } from './record-events';
import { nextRecordedEnd } from './recorded-end';
import { watchLoading } from './watch-loading';

export interface RoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** By which the quotas let the request in; absent where none were asked. */
  readonly ticket?: Ticket | undefined;
  /** By which way it came, for its record. */
  readonly door?: Door;
}

export interface RoadParts extends EndingParts {
  readonly dispatcher: Dispatcher;
  /** Keep what images say of their study, for what is told of the answer later; absent: nothing is kept. */
  readonly contexts?: Contexts | undefined;
}

/** A request that was accepted: its record exists, and it will end in another one. */
export interface Accepted {
  readonly id: string;
  /** What to send: the answer, or the problem that ended the request. Its record is committed before this resolves. */
  readonly ended: Promise<Ended>;
  /** Of one that was accepted before under the same idempotency key: how it stood then. */
  readonly before?: BeforeStatus;
}

/**
 * The road of an accepted request: ACCEPTED, dispatch, COMPLETED. It ends in exactly one record, whatever happens, and no
 * byte of an answer exists for the caller before that record is committed.
 */
export class Road {
  /** Requests of this gateway that run, by id: a repeated idempotency key waits here instead of asking the database. */
  private readonly running = new Map<string, Promise<Ended>>();

  private readonly arrivals = new Arrivals(() => performance.now());
  private readonly endings: Endings;

  constructor(private readonly parts: RoadParts) {
    this.endings = new Endings(parts);
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
   * @throws ServingError `overloaded` when the places for its class are taken, `quota_exceeded`: then nothing is recorded;
   *   `idempotency_key_reused` when the key stands for another request; `unavailable` without a record
   */
  async accept(prepared: Prepared, options: RoadOptions): Promise<Accepted> {
    const { subject } = prepared;
    const { leave, giveBack, costUnits } = await this.enter(prepared, options.ticket);
    const acceptedId = newEventId();
    const acceptance = await this.record(prepared, acceptedId, options.door).catch((error: unknown) => {
      giveBack();
      throw error;
    });
    switch (acceptance.kind) {
      case 'reused':
        giveBack();
        throw new ServingError('idempotency_key_reused', 'The idempotency key stands for another request.', {
          field: 'Idempotency-Key',
        });
      case 'replay':
        leave('unanswered');
        return {
          id: acceptance.id,
          ended: this.replay(prepared, acceptance.id, options.signal),
          ...(acceptance.status === undefined ? {} : { before: acceptance.status }),
        };
      case 'accepted':
        options.onProgress?.({ phase: 'accepted', percent: 1 });
        return {
          id: subject.request,
          ended: this.track(
            prepared,
            this.run(prepared, acceptedId, { ...patient(prepared, options), costUnits }),
            leavingToo(leave, options.ticket?.hold()),
          ),
        };
    }
  }

  /** Takes a place, and of the quotas what the request costs. @throws ServingError `overloaded`, `quota_exceeded`: then nothing is taken */
  private async enter(prepared: Prepared, ticket: Ticket | undefined): Promise<Entered> {
    const { subject, order, modelName, deadlineAtMs } = prepared;
    const leave = this.arrivals.enter(modelName, subject.class, deadlineAtMs - performance.now());
    try {
      const { costUnits } = inputSize(order.input);
      const giveBackCost = await ticket?.accept({ class: subject.class, costUnits });
      return {
        leave,
        costUnits,
        giveBack: () => {
          leave('unanswered');
          giveBackCost?.();
        },
      };
    } catch (error) {
      leave('unanswered');
      throw error;
    }
  }

  private async record(prepared: Prepared, acceptedId: string, door: Door | undefined): Promise<Acceptance> {
    const { subject, idempotencyKey, fingerprint, times, modelName } = prepared;
    return times.measure('accept', async (traceparent) => {
      await failpoint('gateway.before-accept');
      const accepting = this.parts.records.accept({
        id: subject.request,
        tenant: subject.tenant,
        actor: subject.by.id,
        ...(idempotencyKey === undefined ? {} : { idempotencyKeyHash: sha256Of(Buffer.from(idempotencyKey)) }),
        // Of words among others: without a key they could be guessed from it.
        fingerprint: Buffer.from(this.parts.references.words(subject.tenant, fingerprint.toString('hex')), 'hex'),
        leaseMs: Math.ceil(prepared.deadlineAtMs - performance.now()) + LEASE_MARGIN_MS,
        event: acceptedEvent(subject, acceptedId, this.parts.now(), { door, expectedModel: modelName }),
        traceparent,
      });
      try {
        const acceptance = await byDeadline(accepting, prepared.deadlineAtMs + LATE_RECORD_MS);
        // Now, since the span of who does not wait for the answer is over before it.
        const { request: requestId, task, modality } = subject;
        if (acceptance.kind === 'accepted') times.trace?.note({ requestId, task, modality, model: modelName });
        return acceptance;
      } catch (error) {
        this.endings.disown(prepared, accepting, toServingError(error));
        throw error;
      }
    });
  }

  /** Resolves when the requests that run here have ended, in a record where that is possible. */
  async drain(): Promise<void> {
    await Promise.allSettled([...this.running.values()]);
    await this.endings.close();
  }

  private track(
    { subject: { request: id }, times }: Prepared,
    ended: Promise<Ended>,
    leave: (how: Leaving) => void,
  ): Promise<Ended> {
    const { inFlight } = this.parts.instruments;
    this.running.set(id, ended);
    inFlight.set(this.running.size);
    const forget = (how: Leaving): void => {
      this.running.delete(id);
      inFlight.set(this.running.size);
      leave(how);
    };
    ended.then(
      ({ model }) => {
        if (model === undefined) forget('unanswered');
        else forget(times.of('load') === undefined ? 'answered' : 'loaded');
      },
      () => {
        forget('unanswered');
      },
    );
    return ended;
  }

  private async run(prepared: Prepared, acceptedId: string, options: RunOptions): Promise<Ended> {
    try {
      return await this.answer(prepared, acceptedId, options);
    } catch (error) {
      return this.endings.failed(
        prepared,
        toServingError(prepared.stop?.aborted === true ? prepared.stop.reason : error),
      );
    }
  }

  private async answer(prepared: Prepared, acceptedId: string, options: RunOptions): Promise<Ended> {
    const { subject, order, times } = prepared;
    await failpoint('gateway.after-accept');
    if (prepared.failure !== undefined) throw prepared.failure;
    const deadlineMs = Math.floor(prepared.deadlineAtMs - performance.now());
    if (deadlineMs < 1)
      throw new ServingError('deadline_exceeded', 'The deadline passed before the request was dispatched.');
    const kept = this.keepContext(prepared);
    const done = await times.measure('dispatch', (traceparent) =>
      this.parts.dispatcher.dispatch(
        { ...order, deadlineMs, costUnits: options.costUnits, ...optional('traceparent', traceparent) },
        {
          signal: prepared.stop === undefined ? options.signal : AbortSignal.any([options.signal, prepared.stop]),
          ...optional('onDelta', prepared.onDelta),
          ...optional('onProgress', watchLoading(prepared, deadlineMs, options.onProgress)),
        },
      ),
    );
    await kept;
    await failpoint('gateway.before-complete');
    const completedId = newEventId();
    const bytes = prepared.compose({
      id: subject.request,
      done,
      record: { accepted: acceptedId, completed: completedId },
      timings: { ...done.timings, ...times.snapshot() },
    });
    const ended = await this.endings.answered(prepared, { done, completedId, bytes });
    // Answered: the router has all of it. And whatever is counted by its size was.
    if (order.input.kind === 'tensor-bytes') for (const tensor of order.input.tensors) giveBack(tensor.bytes);
    return ended;
  }

  /** While the model works. An answer whose study is lost could be reported to nobody: then the request fails. */
  private keepContext({ subject, context }: Prepared): Promise<void> | undefined {
    if (context === undefined) return undefined;
    const kept = this.parts.contexts?.keep(subject, context);
    // It is waited for once the model has answered; where that fails, nobody asks any more.
    kept?.catch(() => undefined);
    return kept;
  }

  /** The end of the request that had the key first, as long as this one may wait for it. */
  private replay({ subject: { tenant }, deadlineAtMs }: Prepared, id: string, signal: AbortSignal): Promise<Ended> {
    const here = this.running.get(id);
    if (here !== undefined) return byDeadline(here, deadlineAtMs);
    return nextRecordedEnd(this.parts.records, tenant, id, deadlineAtMs, signal);
  }
}

/**
 * A record takes a millisecond or two: a request whose deadline passes meanwhile ends in one like any other, and only where the
 * database stands still does its caller hear without.
 */
const LATE_RECORD_MS = 1_000;

/** From the deadline to the moment when a request without a terminal record counts as abandoned. */
const LEASE_MARGIN_MS = 60_000;

/** Who gives an idempotency key may hang up, come back with it and ask again: the work goes on until its deadline. */
const patient = ({ idempotencyKey }: Prepared, options: RoadOptions): RoadOptions =>
  idempotencyKey === undefined ? options : { ...options, signal: new AbortController().signal };

/** What a request holds that has not been accepted yet. */
interface Entered {
  readonly leave: (how: Leaving) => void;
  /** Leaves, and gives back what it took of the quotas: for what is refused after all. */
  readonly giveBack: () => void;
  readonly costUnits: number;
}

/** With what was counted when it came. */
type RunOptions = RoadOptions & Pick<Entered, 'costUnits'>;

/** Leaves two places at once. */
const leavingToo =
  (leave: (how: Leaving) => void, other: (() => void) | undefined) =>
  (how: Leaving): void => {
    leave(how);
    other?.();
  };

const sha256Of = (bytes: Buffer): Buffer => hash('sha256', bytes, 'buffer');
