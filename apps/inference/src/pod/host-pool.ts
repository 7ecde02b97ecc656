import type { ModelHost } from './model-host';

/** Keeps processes ready that have everything loaded but a model: taking one saves the time of starting one. */
export class HostPool {
  private waiting: ModelHost[] = [];
  private closed = false;

  constructor(
    private readonly size: number,
    private readonly spawn: () => ModelHost,
  ) {
    this.fill();
  }

  /** A host, ready or just starting. Call `fill` when its model is loaded: starting the next one then takes no time from it. */
  take(): ModelHost {
    return this.waiting.shift() ?? this.spawn();
  }

  fill(): void {
    while (!this.closed && this.waiting.length < this.size) {
      const host = this.spawn();
      this.waiting.push(host);
      void host.exited.then(() => {
        this.waiting = this.waiting.filter((other) => other !== host);
      });
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const hosts = this.waiting;
    for (const host of hosts) host.kill();
    await Promise.all(hosts.map((host) => host.exited));
  }
}
