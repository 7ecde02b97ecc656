import { failpoint } from '@medserve/runtime/failpoints';
import type { DestinationSettings } from '../destinations/destination-settings';
import type { Destination } from '../destinations/destination';
import type { Sent } from '../sent';
import { Gate } from './gate';
import type { ClaimedDelivery, DeliveryObserver, DeliveryStore, Parcels } from './ports';
import { nextAttempt } from './retry';
import type { Slots } from './slots';

/** How long a lease outlives the longest attempt: what is settled late is still settled by who sent it. */
const LEASE_SPARE_MS = 15_000;

/** How long after the end of its time an attempt may still say what had arrived by then. */
const LAST_WORD_MS = 500;

export interface LaneParts {
  readonly settings: DestinationSettings;
  readonly destination: Destination;
  readonly store: DeliveryStore;
  readonly parcels: Parcels;
  readonly observer: DeliveryObserver;
  readonly slots: Slots;
  /** Called after each attempt: there may be room for another. */
  readonly settled: () => void;
  /** In milliseconds, monotonic. */
  readonly now: () => number;
  readonly random: () => number;
}

/** The deliveries to one destination. Lanes know nothing of each other, so that one that is stuck holds up no other. */
export class Lane {
  private readonly gate: Gate;
  private readonly underWay = new Set<Promise<void>>();
  private active = 0;
  private readonly ending = new AbortController();

  constructor(private readonly parts: LaneParts) {
    const { concurrency, retry } = parts.settings;
    this.gate = new Gate(concurrency, retry, parts.random);
  }

  /** Takes up what is due and what there is room for. Resolves with whether there was any. */
  async step(): Promise<boolean> {
    const { settings, store, slots, observer, now } = this.parts;
    const wanted = this.ending.signal.aborted
      ? 0
      : Math.min(this.gate.room(this.active, now()), slots.room(this.active));
    if (wanted <= 0) return false;
    // Held before anybody is asked: other lanes look while this one waits for the answer.
    this.hold(wanted);
    let claimed: readonly ClaimedDelivery[] = [];
    try {
      const where = { tenant: settings.tenant, destination: settings.name };
      claimed = await store.claim(where, wanted, settings.timeoutMs + LEASE_SPARE_MS);
    } catch (error) {
      observer.failed(settings.name, error);
    }
    this.hold(claimed.length - wanted);
    for (const delivery of claimed) this.begin(delivery);
    return claimed.length > 0;
  }

  /** Asks the destination again now, however long it was to rest. */
  open(): void {
    this.gate.up();
  }

  get rest(): number {
    return this.gate.rest(this.parts.now());
  }

  async tellOldest(): Promise<void> {
    const { settings, store, observer } = this.parts;
    const { name, tenant } = settings;
    await store.oldestSeconds({ tenant, destination: name }).then(
      (seconds) => {
        observer.oldest(name, seconds);
      },
      (error: unknown) => {
        observer.failed(name, error);
      },
    );
  }

  /** What is under way may still arrive until `signal` says otherwise; then it is given back. */
  async drain(signal: AbortSignal): Promise<void> {
    const cut = (): void => {
      this.ending.abort();
    };
    if (signal.aborted) cut();
    else signal.addEventListener('abort', cut, { once: true });
    await Promise.all(this.underWay);
    cut();
  }

  private begin(delivery: ClaimedDelivery): void {
    const work = this.deliver(delivery).finally(() => {
      this.hold(-1);
      this.underWay.delete(work);
      this.parts.settled();
    });
    this.underWay.add(work);
  }

  private hold(more: number): void {
    this.parts.slots.changed(this.active, this.active + more);
    this.active += more;
  }

  private async deliver(delivery: ClaimedDelivery): Promise<void> {
    const { settings, store, observer } = this.parts;
    const limit = AbortSignal.timeout(settings.timeoutMs);
    await failpoint('deliveries.before-send');
    const sent = await this.attempt(delivery, AbortSignal.any([limit, this.ending.signal]));
    await failpoint('deliveries.before-settle');
    try {
      if (this.ending.signal.aborted && sent.kind !== 'delivered') await store.release(delivery);
      else await this.settle(delivery, sent);
    } catch (error) {
      // Its lease ends, and it is sent again.
      observer.failed(settings.name, error);
    }
  }

  private async attempt(delivery: ClaimedDelivery, signal: AbortSignal): Promise<Sent> {
    const { settings, destination, parcels, observer } = this.parts;
    try {
      return await Promise.race([destination.send(parcels.of(delivery), signal), givenUp(signal)]);
    } catch (error) {
      observer.failed(settings.name, error);
      return { kind: 'retry', reason: 'content_unavailable' };
    }
  }

  private async settle(delivery: ClaimedDelivery, sent: Sent): Promise<void> {
    const { settings, store, observer, now, random } = this.parts;
    if (sent.kind === 'retry' && sent.isDown === true) this.gate.down(now(), sent.afterMs);
    else this.gate.up();
    if (sent.kind === 'delivered') {
      if (await store.delivered(delivery)) observer.settled(settings.name, 'delivered');
      return;
    }
    const { reason, status } = sent;
    const isAnswer = !(sent.kind === 'retry' && sent.isDown === true);
    const failure = { reason, status, isAnswer, arrived: [...delivery.arrived, ...(sent.arrived ?? [])] };
    const ageMs = Date.now() - delivery.since.getTime();
    const next =
      sent.kind === 'refused'
        ? 'over'
        : nextAttempt(
            settings.retry,
            { answered: delivery.answered + (isAnswer ? 1 : 0), ageMs },
            random(),
            sent.afterMs,
          );
    const isSettled =
      next === 'over' ? await store.dead(delivery, failure) : await store.retry(delivery, failure, next.inMs);
    if (isSettled) observer.settled(settings.name, next === 'over' ? 'dead' : 'retry', reason);
  }
}

/** An attempt that does not heed its signal keeps neither its place nor the end of the worker. */
const givenUp = (signal: AbortSignal): Promise<Sent> =>
  new Promise((resolve) => {
    const giveUp = (): void => {
      setTimeout(resolve, LAST_WORD_MS, { kind: 'retry', reason: 'timeout', isDown: true } satisfies Sent);
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
