import { associate } from '@medserve/dimse';
import {
  DeliveryWorker,
  openDestination,
  readTls,
  type DeliveryObserver,
  type LoadedDestination,
  type Parcels,
} from '@medserve/delivery';
import type { Closable, Instruments, Logger } from '@medserve/runtime';
import type { DeliveryStore } from '@medserve/storage';
import type { MoveDestination } from '../dimse/move-destination';

export interface OpenDeliveriesParts {
  readonly destinations: readonly LoadedDestination[];
  readonly store: DeliveryStore;
  readonly parcels: Parcels;
  /** Our own AE title. */
  readonly aet: string;
  readonly url: () => string;
  /** A delivery has ended, for good or not: what waits for it may go on. */
  readonly onSettled: () => void;
  readonly instruments: Pick<Instruments, 'deliveries'>;
  readonly logger: Logger;
}

/** When nobody says that there is something new, as another gateway does not. */
const POLL_MS = 1_000;
const SHARED_SLOTS = 8;
const DRAIN_MS = 2_000;

/** The deliveries of a gateway that runs. */
export class Deliveries implements Closable {
  constructor(
    private readonly worker: Pick<DeliveryWorker, 'wake' | 'insist' | 'close'>,
    private readonly destinations: readonly LoadedDestination[],
  ) {}

  /**
   * What the results of a tenant are to be sent to. A name that no tenant has a destination of stays: it was misspelt, or taken out of the
   * settings, and what was meant for it is to be seen as undelivered.
   */
  targetsOf = (tenant: string, deliver: 'all' | readonly string[]): readonly string[] => {
    const all = this.destinations.map(({ settings }) => settings);
    const own = all.filter((one) => one.tenant === tenant).map(({ name }) => name);
    if (deliver === 'all') return own;
    return deliver.filter((name) => own.includes(name) || !all.some((one) => one.name === name));
  };

  /** The node that a C-MOVE of the tenant names, reached as results are sent to it. @throws Error where its files are gone */
  nodeOf = (tenant: string, aet: string): MoveDestination | undefined => {
    for (const { settings, folder } of this.destinations) {
      if (settings.kind !== 'dicom' || settings.tenant !== tenant || settings.aet !== aet) continue;
      const { host, port, tls } = settings;
      return { aet, host, port, ...(tls === undefined ? {} : { tls: readTls(tls, folder) }) };
    }
    return undefined;
  };

  /** There is something new to be sent. */
  wake(): void {
    this.worker.wake();
  }

  /** An operator wants it sent now, whatever destinations were down. */
  insist(): void {
    this.worker.insist();
  }

  close(): Promise<void> {
    return this.worker.close();
  }
}

/** @throws Error that names the destination and the file that it cannot be opened for */
export function openDeliveries({ destinations, store, parcels, ...parts }: OpenDeliveriesParts): Deliveries {
  const { aet, url, instruments, logger, onSettled } = parts;
  const tools = { aet, associate, baseUrl: url };
  const worker = new DeliveryWorker({
    destinations: destinations.map((one) => ({ settings: one.settings, destination: openDestination(one, tools) })),
    store,
    parcels,
    observer: observed(instruments, logger, onSettled),
    now: () => performance.now(),
    random: Math.random,
    pollMs: POLL_MS,
    sharedSlots: SHARED_SLOTS,
    drainMs: DRAIN_MS,
  });
  return new Deliveries(worker.start(), destinations);
}

const observed = (
  { deliveries }: Pick<Instruments, 'deliveries'>,
  logger: Logger,
  onSettled: () => void,
): DeliveryObserver => ({
  settled: (destination, outcome, reason) => {
    deliveries.settled.inc({ destination, outcome });
    onSettled();
    const fields = { destination, ...(reason === undefined ? {} : { reason }) };
    if (outcome === 'dead') logger.error('results were not taken; they wait for an operator', fields);
    else if (outcome === 'retry') logger.warn('results did not arrive; they are sent again', fields);
  },
  oldest: (destination, seconds) => {
    deliveries.oldestSeconds.set({ destination }, seconds);
  },
  stranded: (count) => {
    logger.error('results are for destinations that are in no settings; they wait for an operator', { count });
  },
  failed: (destination, error) => {
    const fields = { error, ...(destination === undefined ? {} : { destination }) };
    logger.warn('a delivery could not be worked on; it is tried again', fields);
  },
});
