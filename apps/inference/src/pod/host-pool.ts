import type { ModelHost } from './model-host';

/**
 * So long nothing has to be loaded before the next process is made ready, in milliseconds: starting one takes a core for as long as a
 * short run does, and what follows a load is the run that waited for it.
 */
const QUIET_MS = 500;

/** Keeps processes ready that have everything loaded but a model: taking one saves the time of starting one. */
export class HostPool {
  private waiting: ModelHost[] = [];
  private closed = false;
  private refill: NodeJS.Timeout | undefined;

  constructor(
    private readonly size: number,
    private readonly spawn: () => ModelHost,
  ) {
    this.fill();
  }

  /** A host, ready or just starting. Call `taken` when its model is loaded or has failed to. */
  take(): ModelHost {
    clearTimeout(this.refill);
    return this.waiting.shift() ?? this.spawn();
  }

  /** Makes up for the host that was taken, once it is quiet. */
  taken(): void {
    clearTimeout(this.refill);
    this.refill = setTimeout(() => {
      this.fill();
    }, QUIET_MS);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.refill);
    const hosts = this.waiting;
    for (const host of hosts) host.kill();
    await Promise.all(hosts.map((host) => host.exited));
  }

  private fill(): void {
    while (!this.closed && this.waiting.length < this.size) {
      const host = this.spawn();
      this.waiting.push(host);
      void host.exited.then(() => {
        this.waiting = this.waiting.filter((other) => other !== host);
      });
    }
  }
}
