import type { WatchDemandResponse } from '@medserve/contracts';
import { RouterClient, watchAddresses, type AddressSource, type Link, type Watch } from '@medserve/rpc';
import type { Logger } from '@medserve/runtime';

export interface RouterListener {
  readonly expect: (address: string) => void;
  readonly forget: (address: string) => void;
  readonly hear: (address: string, message: WatchDemandResponse) => void;
  readonly sourcesRead: (isEvery: boolean) => void;
}

export interface RouterWatchOptions {
  readonly sources: readonly AddressSource[];
  readonly link: Link | undefined;
  readonly listener: RouterListener;
  readonly logger: Logger;
}

interface Watched {
  readonly client: RouterClient;
  isHeard: boolean;
  /** Its address is gone from the sources. */
  isLeaving: boolean;
}

/**
 * Listens to every router there is. One that is about to end leaves its name's addresses while it still has requests: it is
 * listened to until it hangs up.
 */
export class RouterWatches {
  private readonly watched = new Map<string, Watched>();
  private readonly sources: Watch;

  constructor(private readonly options: RouterWatchOptions) {
    const { sources, listener, logger } = options;
    this.sources = watchAddresses({
      sources,
      onChange: ({ addresses, complete }) => {
        this.know(new Set(addresses));
        listener.sourcesRead(complete);
      },
      onProblem: (_source, error) => {
        if (error) logger.warn('a source of the routers cannot be read; those that were known are kept', { error });
        else logger.info('a source of the routers can be read again');
      },
    });
  }

  close(): void {
    this.sources.close();
    for (const { client } of this.watched.values()) client.close();
    this.watched.clear();
  }

  private know(addresses: ReadonlySet<string>): void {
    for (const [address, router] of this.watched) {
      router.isLeaving = !addresses.has(address);
      if (router.isLeaving && !router.isHeard) this.drop(address, router);
    }
    for (const address of addresses) if (!this.watched.has(address)) this.watch(address);
  }

  private watch(address: string): void {
    const { link, listener } = this.options;
    const router: Watched = { client: new RouterClient(address, { link }), isHeard: false, isLeaving: false };
    this.watched.set(address, router);
    listener.expect(address);
    router.client.watchDemand((message) => {
      router.isHeard = message !== undefined;
      if (message) listener.hear(address, message);
      else if (router.isLeaving) this.drop(address, router);
    });
  }

  private drop(address: string, { client }: Watched): void {
    client.close();
    this.watched.delete(address);
    this.options.listener.forget(address);
  }
}
