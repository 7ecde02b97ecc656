import { failpoint } from '@medserve/runtime/failpoints';
import type { DestinationSettings } from '../destination-settings';
import type { Destination } from '../destination';
import type { Attempted, Sent } from '../sent';
import { Gate } from './gate';
import { Hearing, isAnswer, type Heard } from './hearing';
import type { ClaimedDelivery, DeliveryObserver, DeliveryStore, Parcels } from './ports';
import { nextAttempt, type NextAttempt } from './retry';
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
  private readonly hearing = new Hearing();
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
    const { settings, store, observer, now } = this.parts;
    const begun = { heard: this.hearing.begin(), atMs: now() };
    const limit = AbortSignal.timeout(settings.timeoutMs);
    await failpoint('deliveries.before-send');
    const sent = await this.attempt(delivery, AbortSignal.any([limit, this.ending.signal]));
    await failpoint('deliveries.before-settle');
    try {
      if (this.ending.signal.aborted && sent.kind !== 'delivered') await store.release(delivery);
      else await this.settle(delivery, sent, begun);
    } catch (error) {
      // Its lease ends, and it is sent again.
      observer.failed(settings.name, error);
    }
  }

  private async attempt(delivery: ClaimedDelivery, signal: AbortSignal): Promise<Attempted> {
    const { settings, destination, parcels, observer } = this.parts;
    try {
      return await Promise.race([destination.send(parcels.of(delivery), signal), givenUp(signal)]);
    } catch (error) {
      observer.failed(settings.name, error);
      return { kind: 'unsent', reason: 'content_unavailable' };
    }
  }

  private async settle(delivery: ClaimedDelivery, sent: Attempted, begun: Begun): Promise<void> {
    const { settings, store, observer } = this.parts;
    const heard = this.hearing.of(delivery.id, sent, begun.heard);
    this.swing(heard, sent);
    if (sent.kind === 'delivered') {
      if (await store.delivered(delivery)) observer.settled(settings.name, 'delivered');
      return;
    }
    const { reason, status } = sent;
    const arrived = [...delivery.arrived, ...(sent.arrived ?? [])];
    const failure = { reason, status, isAnswer: isAnswer(heard), arrived };
    const next = this.next(delivery, sent, heard, begun);
    if (next === 'over') this.hearing.forget(delivery.id);
    const isSettled =
      next === 'over' ? await store.dead(delivery, failure) : await store.retry(delivery, failure, next.inMs);
    if (isSettled) observer.settled(settings.name, next === 'over' ? 'dead' : 'retry', reason);
  }

  /** Opens or shuts the gate by what was heard of the destination. */
  private swing(heard: Heard, sent: Attempted): void {
    switch (heard) {
      case 'answer':
        this.gate.up();
        return;
      case 'down':
        this.gate.down(this.parts.now(), sent.kind === 'retry' ? sent.afterMs : undefined);
        return;
      case 'passed_over':
      case 'nothing':
    }
  }

  private next(delivery: ClaimedDelivery, sent: Attempted, heard: Heard, begun: Begun): NextAttempt {
    if (sent.kind === 'refused') return 'over';
    const { settings, now, random } = this.parts;
    const tried = {
      attempts: delivery.attempts,
      answered: delivery.answered + (isAnswer(heard) ? 1 : 0),
      heard,
      ageMs: delivery.ageMs + now() - begun.atMs,
    };
    return nextAttempt(settings.retry, tried, random(), sent.kind === 'retry' ? sent.afterMs : undefined);
  }
}

/** When an attempt began, and what had been heard by then. */
interface Begun {
  readonly heard: number;
  readonly atMs: number;
}

/** An attempt that does not heed its signal keeps neither its place nor the end of the worker. */
const givenUp = (signal: AbortSignal): Promise<Sent> =>
  new Promise((resolve) => {
    const giveUp = (): void => {
      setTimeout(resolve, LAST_WORD_MS, { kind: 'retry', reason: 'timeout' } satisfies Sent);
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
