import type { Destination } from '../destination';
import type { DestinationSettings } from '../destination-settings';
import { Lane } from './lane';
import type { DeliveryObserver, DeliveryStore, Parcels } from './ports';
import { Slots } from './slots';

export interface DeliveryWorkerParts {
  readonly destinations: readonly { readonly settings: DestinationSettings; readonly destination: Destination }[];
  readonly store: DeliveryStore;
  readonly parcels: Parcels;
  readonly observer: DeliveryObserver;
  /** In milliseconds, monotonic. */
  readonly now: () => number;
  readonly random: () => number;
  /** Between two looks at the queue, when nobody says that there is something new. */
  readonly pollMs: number;
  /** Deliveries under way beyond one to each destination. */
  readonly sharedSlots: number;
  /** How long what is under way may still take after `close`. */
  readonly drainMs: number;
}

/** Between two reports of how long the oldest waits. */
const OLDEST_EVERY_MS = 15_000;
const STRAND_EVERY_MS = 60_000;
/** While gateways are replaced one after the other, those before may not know a destination that is new. */
const STRANDED_AFTER_MS = 3_600_000;

/**
 * Takes deliveries from the queue and sends them, to each destination on its own. Several workers on one queue share the work:
 * the store gives each delivery to one of them.
 */
export class DeliveryWorker {
  private readonly lanes: readonly Lane[];
  private readonly ending = new AbortController();
  private readonly bells = new Set<() => void>();
  private runs: readonly Promise<void>[] = [];
  private timers: readonly NodeJS.Timeout[] = [];

  constructor(private readonly parts: DeliveryWorkerParts) {
    const slots = new Slots(parts.sharedSlots);
    const settled = (): void => {
      this.wake();
    };
    this.lanes = parts.destinations.map((destination) => new Lane({ ...parts, ...destination, slots, settled }));
  }

  start(): this {
    this.runs = this.lanes.map((lane) => this.run(lane));
    const tell = (): void => {
      for (const lane of this.lanes) void lane.tellOldest();
    };
    this.timers = [
      setInterval(tell, OLDEST_EVERY_MS).unref(),
      setInterval(() => void this.strand(), STRAND_EVERY_MS).unref(),
    ];
    return this;
  }

  /** What no destination will ever take is not kept waiting for one, unseen. */
  private async strand(): Promise<void> {
    const { destinations, store, observer } = this.parts;
    const known = destinations.map(({ settings: { tenant, name } }) => ({ tenant, destination: name }));
    try {
      const count = await store.strand(known, STRANDED_AFTER_MS);
      if (count > 0) observer.stranded(count);
    } catch (error) {
      observer.failed(undefined, error);
    }
  }

  /** There is something new in the queue, or room for what is there. */
  wake(): void {
    for (const ring of this.bells) ring();
  }

  /** Somebody who knows better wants the destinations asked now, those that are down too. */
  insist(): void {
    for (const lane of this.lanes) lane.open();
    this.wake();
  }

  /** Takes nothing new, lets what is under way end for a while, and gives back the rest. */
  async close(): Promise<void> {
    this.timers.forEach(clearInterval);
    this.ending.abort();
    this.wake();
    await Promise.all(this.runs);
    const patience = AbortSignal.timeout(this.parts.drainMs);
    await Promise.all(this.lanes.map((lane) => lane.drain(patience)));
  }

  private async run(lane: Lane): Promise<void> {
    while (!this.ending.signal.aborted) {
      const bell = this.bell();
      const isBusy = await lane.step();
      if (isBusy) bell.silence();
      else await bell.rings(Math.max(this.parts.pollMs, lane.rest));
    }
  }

  /** Hung up before the look at the queue, so that what comes during it is not slept over. */
  private bell(): { rings(withinMs: number): Promise<void>; silence(): void } {
    let ring = (): void => undefined;
    const rung = new Promise<void>((resolve) => {
      ring = resolve;
    });
    this.bells.add(ring);
    const silence = (): void => {
      this.bells.delete(ring);
    };
    return {
      silence,
      rings: async (withinMs) => {
        const timer = setTimeout(ring, withinMs);
        await rung;
        clearTimeout(timer);
        silence();
      },
    };
  }
}
