import { RUN_LOST, ServingError, toServingError } from '@medserve/errors';
import { FramePayload, type EncodedFrame, type IncomingRequest } from '@medserve/rpc';
import { formBatch, goAlong, RequestQueue, type Backlog, type BatchRules } from '@medserve/serving';
import { describeRequest } from './describe-request';
import { figuresOf } from './figures';
import type { BatchRunner, Instance } from './instance';
import { RunEstimates } from './run-estimates';
import { RunUnderWay } from './run-under-way';
import type { ServedFigures, ServedModel } from './served-model';
import { Ticket } from './ticket';
import type { BatchOutcome, ModelRules } from './worker-messages';

/**
 * The heart of a model host: a bounded queue, and instances that take batches from it. A batch is formed when an instance is
 * free and not before. A request whose caller left or whose deadline passed gives its place back at once when it waits; when it
 * runs, it runs to its end for nobody, because a run cannot be stopped.
 */
export class Scheduler implements ServedModel {
  private readonly queue: RequestQueue<Ticket>;
  private readonly instances: Instance[] = [];
  private rules: BatchRules;
  private readonly estimates = new RunEstimates();
  private readonly counts = { runs: 0, rows: 0, evicted: 0, shed: 0, bisected: 0 };
  private unbatchable: boolean;
  private draining = false;
  private handsBack = false;
  private lastUsedAtMs = performance.now();
  private pumpIsDue = false;
  private alarm: NodeJS.Timeout | undefined;
  private onEmpty: () => void = () => undefined;

  constructor(
    private readonly model: Pick<ModelRules, 'maxBatchSize' | 'batching'>,
    batchable: boolean,
    maxQueue: number,
  ) {
    this.queue = new RequestQueue(Math.max(maxQueue, 1));
    const { maxBatchSize, batching } = model;
    const wantsBatches = batching !== undefined && maxBatchSize > 1;
    this.unbatchable = wantsBatches && !batchable;
    this.rules = {
      together: wantsBatches && batchable,
      maxRows: batching?.maxRows ?? Math.max(maxBatchSize, 1),
      preferredRows: batching?.preferredRows ?? [],
      maxDelayMs: batching?.maxDelayMs ?? 0,
    };
  }

  /** One more that takes batches from now on. */
  addInstance(runner: BatchRunner): void {
    this.instances.push({ runner, run: undefined });
    this.pump();
  }

  submit(request: IncomingRequest): Promise<EncodedFrame> {
    return new Promise((resolve, reject) => {
      if (this.draining) throw new ServingError('unavailable', 'The model is being unloaded.');
      const description = describeRequest(request.bytes, this.model.maxBatchSize);
      this.enqueue(new Ticket(request, description, resolve, reject));
    });
  }

  drain(handBack: boolean): Promise<void> {
    this.draining = true;
    this.handsBack = handBack;
    if (handBack) {
      for (const ticket of [...this.queue.inOrder()]) {
        this.queue.remove(ticket);
        ticket.reject(new ServingError('unavailable', 'The model is being unloaded.'));
      }
    }
    return new Promise((resolve) => {
      this.onEmpty = resolve;
      this.tellWhenEmpty();
    });
  }

  figures(): ServedFigures {
    const { queue, instances, lastUsedAtMs, unbatchable, counts } = this;
    const { msPerRow } = this.estimates;
    return figuresOf({ queue, instances, lastUsedAtMs, msPerRow, unbatchable, counts }, performance.now());
  }

  private enqueue(ticket: Ticket): void {
    const nowMs = performance.now();
    const { request } = ticket;
    const hasFree = this.instances.some(({ run }) => run === undefined);
    // What came in the same turn and would run by now must not hold a place.
    if (hasFree && this.queue.size >= this.queue.limit) this.pump();
    const backlog = this.backlogOf(ticket, nowMs);
    if (!this.estimates.canBeAnswered(ticket, backlog, nowMs)) {
      this.refuse(ticket, backlog);
      return;
    }
    const offer = this.queue.offer(ticket);
    switch (offer.kind) {
      case 'refused':
        ticket.overloaded('All places in the queue of the model are taken.', {
          limit: `requests waiting for one model: ${String(this.queue.limit)}`,
          retryAfterMs: this.estimates.retryAfterMs(backlog),
        });
        return;
      case 'evicted':
        this.counts.evicted += 1;
        offer.victim.overloaded('The place in the queue of the model was given to a more urgent request.', {
          limit: `requests waiting for one model: ${String(this.queue.limit)}`,
          retryAfterMs: this.estimates.retryAfterMs(backlog),
        });
        break;
      case 'queued':
    }
    this.lastUsedAtMs = nowMs;
    if (!hasFree) request.progress('queued', 20, this.estimates.retryAfterMs(backlog));
    request.signal.addEventListener('abort', () => {
      this.leave(ticket);
    });
    this.pumpSoon();
  }

  /** The caller waits no more. */
  private leave(ticket: Ticket): void {
    if (this.queue.remove(ticket)) ticket.reject(toServingError(ticket.request.signal.reason));
    else this.instances.find(({ run }) => run?.tickets.includes(ticket))?.run?.leave(performance.now());
    this.tellWhenEmpty();
  }

  /** After the requests that came in the same turn are here, so that they can run together. */
  private pumpSoon(): void {
    if (this.pumpIsDue) return;
    this.pumpIsDue = true;
    setImmediate(() => {
      this.pumpIsDue = false;
      this.pump();
    });
  }

  private pump(): void {
    clearTimeout(this.alarm);
    for (const instance of this.instances) {
      if (instance.run !== undefined) continue;
      const nowMs = performance.now();
      const decision = formBatch(this.queue.inOrder(), this.rules, this.estimates.times, nowMs);
      for (const ticket of decision.late) this.dropLate(ticket, nowMs);
      switch (decision.kind) {
        case 'run':
          void this.run(instance, new RunUnderWay(this.takeTurn(decision.batch, nowMs), nowMs));
          break;
        case 'wait':
          this.alarm = setTimeout(() => {
            this.pump();
          }, decision.untilMs - nowMs);
          return;
        case 'nothing':
          this.tellWhenEmpty();
          return;
      }
    }
  }

  /** Takes a batch out of the queue, and where no other instance is free who goes along with it. */
  private takeTurn(batch: readonly Ticket[], nowMs: number): readonly (readonly Ticket[])[] {
    for (const ticket of batch) this.queue.take(ticket);
    const isLastFree = this.instances.filter(({ run }) => run === undefined).length === 1;
    if (this.rules.together || !isLastFree) return [batch];
    const along = goAlong(batch, this.queue.inOrder(), this.estimates.times, nowMs);
    for (const ticket of along) this.queue.take(ticket);
    return [batch, ...along.map((ticket) => [ticket])];
  }

  private async run(instance: Instance, run: RunUnderWay): Promise<void> {
    instance.run = run;
    const answer = await instance.runner.run(run.batches, run.startedAtMs).then(
      (outcomes) => {
        this.note(run, outcomes);
        const frames = outcomes.flatMap((outcome) => outcome.frames);
        return (ticket: Ticket, index: number) => {
          ticket.resolve(new FramePayload(frames[index] ?? []));
        };
      },
      (error: unknown) => (ticket: Ticket) => {
        ticket.reject(new ServingError('inference_failed', 'The model host failed.', { ...RUN_LOST, cause: error }));
      },
    );
    instance.run = undefined;
    this.lastUsedAtMs = performance.now();
    // The next batch first: the answers can be written while it runs.
    this.pump();
    run.tickets.forEach(answer);
    this.tellWhenEmpty();
  }

  private note(run: RunUnderWay, outcomes: readonly BatchOutcome[]): void {
    this.counts.rows += run.rows;
    for (const { runs, bisected, unbatchable } of outcomes) {
      this.counts.runs += runs;
      if (bisected) this.counts.bisected += 1;
      if (unbatchable) {
        this.unbatchable = true;
        this.rules = { ...this.rules, together: false };
      }
    }
    this.estimates.learn(run, outcomes, performance.now());
  }

  private backlogOf(ticket: Ticket, nowMs: number): Backlog {
    const running = this.instances.flatMap(({ run }) => (run ? [{ forMs: run.forMs(nowMs), cost: run.cost }] : []));
    return { costAhead: this.queue.costAhead(ticket), instances: this.instances.length, running };
  }

  private refuse(ticket: Ticket, backlog: Backlog): void {
    this.counts.shed += 1;
    ticket.overloaded('The request cannot be answered before its deadline.', {
      retryAfterMs: this.estimates.retryAfterMs(backlog),
    });
  }

  private dropLate(ticket: Ticket, nowMs: number): void {
    this.queue.remove(ticket);
    if (ticket.deadlineAtMs <= nowMs)
      ticket.reject(new ServingError('deadline_exceeded', 'The deadline passed before there was an answer.'));
    else this.refuse(ticket, this.backlogOf(ticket, nowMs));
  }

  private tellWhenEmpty(): void {
    if (!this.draining || this.queue.size > 0) return;
    const nowMs = performance.now();
    const holds = ({ run }: Instance): boolean =>
      run !== undefined && !(this.handsBack && run.abandonedForMs(nowMs) !== undefined);
    if (!this.instances.some(holds)) this.onEmpty();
  }
}
