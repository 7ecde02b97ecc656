import { setTimeout as delay } from 'node:timers/promises';

export interface KeptTryingOptions {
  readonly pauseMs: number;
  readonly onFailure: (error: unknown) => void;
}

/** Makes a thing, trying again until it is made or nobody wants it any more. */
export class KeptTrying<T> {
  /** The thing, once it is made; never settles when `stop` came before. */
  readonly made: Promise<T>;
  private readonly stopping = new AbortController();
  private readonly running: Promise<T | undefined>;

  constructor(make: () => Promise<T>, options: KeptTryingOptions) {
    let onMade: (thing: T) => void = () => undefined;
    this.made = new Promise((resolve) => {
      onMade = resolve;
    });
    this.running = this.run(make, options).then((thing) => {
      if (thing !== undefined) onMade(thing);
      return thing;
    });
  }

  /** Tries no more; resolves, once the try under way has ended, with what was made. */
  stop(): Promise<T | undefined> {
    this.stopping.abort();
    return this.running;
  }

  private async run(make: () => Promise<T>, options: KeptTryingOptions): Promise<T | undefined> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        return await make();
      } catch (error) {
        options.onFailure(error);
      }
      await delay(options.pauseMs, undefined, { signal }).catch(() => undefined);
    }
    return undefined;
  }
}
