import { ServingError, toServingError } from '@medserve/errors';
import { deltaFrame, FramePayload, type EncodedFrame, type IncomingRequest } from '@medserve/rpc';
import { mayBePreempted, nextStart, RequestQueue } from '@medserve/serving';
import { describeWriting, type WritingLimits } from './describe-writing';
import { copyBytes, ownBytes } from './own-bytes';
import type { ServedFigures, ServedModel } from './served-model';
import type { Writer, WrittenPart, WritingEnd } from './writer';
import { WritingStatistics } from './writing-statistics';
import { WritingTicket } from './writing-ticket';
import { Writings, type WritingUnderWay } from './writings';

/** What comes before is the router's, what comes behind the thread's. */
const QUEUED_PERCENT = 20;

/**
 * A bounded queue before a model that writes, which has so many slots: a request starts when enough of them are free, whatever
 * others are being answered, and gives them back when it ends, is left by its caller or has passed its deadline. `stat` has the
 * slots of research of which nobody has read anything yet.
 */
export class GenerationScheduler implements ServedModel {
  private readonly queue: RequestQueue<WritingTicket>;
  private readonly writings: Writings;
  private readonly statistics: WritingStatistics;
  private draining = false;
  private handsBack = false;
  private lastUsedAtMs = performance.now();
  private onEmpty: () => void = () => undefined;

  constructor(
    private readonly writer: Writer,
    private readonly model: WritingLimits,
    maxQueue: number,
  ) {
    this.queue = new RequestQueue(Math.max(maxQueue, 1));
    this.writings = new Writings(model.slots);
    this.statistics = new WritingStatistics(model.slots);
    writer.listen({
      onParts: (parts) => {
        this.writings.heard(performance.now());
        for (const part of parts) this.forward(part);
      },
      onProgress: (job, phase, percent) => {
        this.writings.heard(performance.now());
        this.writings.find(job)?.ticket.request.progress(phase, percent);
      },
      onEnd: (end) => {
        this.writings.heard(performance.now());
        this.end(end);
      },
      onStats: (stats) => {
        this.writings.heard(performance.now());
        this.statistics.stats = stats;
      },
    });
  }

  submit(request: IncomingRequest): Promise<EncodedFrame> {
    return new Promise((resolve, reject) => {
      if (this.draining) throw new ServingError('unavailable', 'The model is being unloaded.');
      this.enqueue(new WritingTicket(request, describeWriting(request.bytes, this.model), resolve, reject));
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
    const nowMs = performance.now();
    let queuedRows = 0;
    for (const { slots } of this.queue.inOrder()) queuedRows += slots;
    return {
      inFlight: this.queue.size + this.writings.size,
      queued: this.queue.size,
      queuedRows,
      idleForMs: nowMs - this.lastUsedAtMs,
      ...this.writings.figures(nowMs),
      instances: 1,
      notBatchable: false,
      ...this.statistics.take(),
    };
  }

  private enqueue(ticket: WritingTicket): void {
    const nowMs = performance.now();
    const backlog = {
      slotsAhead: this.queue.costAhead(ticket),
      freeSlots: this.writings.freeSlots,
      slots: this.model.slots,
    };
    const retryAfterMs = this.statistics.retryAfterMs(ticket, backlog);
    if (!this.statistics.canBeWritten(ticket, backlog, nowMs)) {
      this.statistics.shed += 1;
      ticket.overloaded('The request cannot be answered before its deadline.', { retryAfterMs });
      return;
    }
    const limit = `requests waiting for one model: ${String(this.queue.limit)}`;
    const offer = this.queue.offer(ticket);
    switch (offer.kind) {
      case 'refused':
        ticket.overloaded('All places in the queue of the model are taken.', { limit, retryAfterMs });
        return;
      case 'evicted':
        this.statistics.evicted += 1;
        this.evicted(offer.victim, retryAfterMs);
        break;
      case 'queued':
    }
    this.lastUsedAtMs = nowMs;
    ticket.request.signal.addEventListener('abort', () => {
      this.leave(ticket);
    });
    this.pump();
    if (!this.writings.of(ticket)) ticket.request.progress('queued', QUEUED_PERCENT, retryAfterMs);
  }

  private evicted(victim: WritingTicket, retryAfterMs: number | undefined): void {
    victim.overloaded('The place in the queue of the model was given to a more urgent request.', {
      limit: `requests waiting for one model: ${String(this.queue.limit)}`,
      retryAfterMs,
    });
  }

  /** The caller waits no more. */
  private leave(ticket: WritingTicket): void {
    const writing = this.writings.of(ticket);
    if (this.queue.remove(ticket) || writing) ticket.reject(toServingError(ticket.request.signal.reason));
    if (writing) {
      writing.leftAtMs = performance.now();
      this.writer.cancel(writing.job);
    }
    this.pump();
  }

  private pump(): void {
    for (;;) {
      const [head] = this.queue.inOrder();
      if (!head) break;
      const decision = nextStart(head, this.writings.living(), this.writings.freeSlots);
      if (decision.kind === 'wait') break;
      this.queue.take(head);
      for (const writing of decision.preempt) this.putBack(writing);
      this.start(head);
    }
    this.tellWhenEmpty();
  }

  private start(ticket: WritingTicket): void {
    const { bytes, receivedAtMs, routing } = ticket.request;
    const nowMs = performance.now();
    const { job } = this.writings.add(ticket, nowMs);
    this.writer.start({
      job,
      // Of what may have to be begun again, the bytes have to stay here.
      frame: mayBePreempted(ticket) ? copyBytes(bytes) : ownBytes(bytes),
      queuedMs: nowMs - receivedAtMs,
      wantsDeltas: routing.wantsDeltas,
      wantsProgress: routing.wantsProgress,
    });
  }

  /** The thread has both orders, and begins nothing before it has ended this: its slots are free for whoever has them now. */
  private putBack(writing: WritingUnderWay): void {
    this.writings.remove(writing.job);
    this.writer.cancel(writing.job);
    this.statistics.preempted += 1;
    const offer = this.queue.offer(writing.ticket);
    switch (offer.kind) {
      case 'refused':
        this.evicted(writing.ticket, undefined);
        return;
      case 'evicted':
        this.evicted(offer.victim, undefined);
        break;
      case 'queued':
    }
    writing.ticket.request.progress('queued', QUEUED_PERCENT);
  }

  private forward({ job, delta }: WrittenPart): void {
    const writing = this.writings.find(job);
    if (!writing || writing.leftAtMs !== undefined) return;
    const { request } = writing.ticket;
    writing.isRead = true;
    request.forward(deltaFrame(request.id, delta).toBuffer());
  }

  private end({ job, frame, tally }: WritingEnd): void {
    const writing = this.writings.remove(job);
    if (!writing) return;
    const nowMs = performance.now();
    this.lastUsedAtMs = nowMs;
    if (tally) this.statistics.learn(tally, nowMs - writing.startedAtMs);
    // The next first: the answer can be written while that begins.
    this.pump();
    if (frame) writing.ticket.resolve(new FramePayload(frame));
  }

  private tellWhenEmpty(): void {
    if (!this.draining || this.queue.size > 0) return;
    const held = this.handsBack ? this.writings.living().length : this.writings.size;
    if (held === 0) this.onEmpty();
  }
}
