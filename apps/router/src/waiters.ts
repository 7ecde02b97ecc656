import type { ServingError } from '@medserve/errors';
import { CLASSES, RequestQueue, type Offer } from '@medserve/serving';
import type { ClassName } from '@medserve/rpc';
import type { Traffic } from './traffic';
import type { Waiting } from './waiting';

/** The queue of a model, counted as part of what is inside the router. */
export class Waiters {
  readonly queue: RequestQueue<Waiting>;

  constructor(
    limit: number,
    private readonly traffic: Traffic,
  ) {
    this.queue = new RequestQueue(limit);
  }

  /** @returns what became of the offer; a victim is out of the queue and not told yet */
  offer(waiting: Waiting): Offer<Waiting> {
    const offer = this.queue.offer(waiting);
    if (offer.kind !== 'refused') this.count(waiting, 1);
    if (offer.kind === 'evicted') this.count(offer.victim, -1);
    return offer;
  }

  /** Takes the one out whose turn it is. */
  take(waiting: Waiting): void {
    if (this.queue.take(waiting)) this.count(waiting, -1);
  }

  /** It leaves unserved. */
  remove(waiting: Waiting): void {
    if (this.queue.remove(waiting)) this.count(waiting, -1);
  }

  refuse(waiting: Waiting, error: ServingError): void {
    this.remove(waiting);
    waiting.refuse(error);
  }

  refuseAll(error: ServingError): void {
    for (const waiting of [...this.queue.inOrder()]) this.refuse(waiting, error);
  }

  /** The one that can wait longest, if it is less urgent. */
  lastLessUrgentThan(name: ClassName): Waiting | undefined {
    let last: Waiting | undefined;
    for (const waiting of this.queue.inOrder()) last = waiting;
    return last && CLASSES.indexOf(last.class) > CLASSES.indexOf(name) ? last : undefined;
  }

  private count({ class: name, request }: Waiting, change: 1 | -1): void {
    this.traffic.queue(name, change, request.bytes.byteLength);
  }
}
