import type { Storage } from '@medserve/storage';
import { acceptance, completion } from '@medserve/testkit';

/**
 * Requests as a gateway records them (accepted, then completed, each with its event in the outbox), `lanes` at a time, until it
 * is told to stop.
 */
export class Load {
  readonly ids: string[] = [];
  private isStopped = false;
  private readonly running: Promise<unknown>;

  constructor(
    private readonly storage: Storage,
    private readonly owner: string,
    lanes = 4,
    private readonly pauseMs = 5,
  ) {
    this.running = Promise.all(Array.from({ length: lanes }, () => this.lane()));
    this.running.catch(() => undefined);
  }

  /** Resolves with the ids of the requests that were recorded as completed. */
  async stop(): Promise<readonly string[]> {
    this.isStopped = true;
    await this.running;
    return this.ids;
  }

  /** Resolves when `count` more requests were completed. */
  async more(count: number): Promise<void> {
    const goal = this.ids.length + count;
    while (this.ids.length < goal) await Promise.race([this.running, pause(20)]);
  }

  private async lane(): Promise<void> {
    while (!this.isStopped) {
      const request = acceptance({ owner: this.owner });
      await this.storage.records.accept(request);
      await this.storage.records.finish(completion(request.id));
      this.ids.push(request.id);
      // A steady stream over the whole test rather than a flood at its beginning.
      await pause(this.pauseMs);
    }
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
