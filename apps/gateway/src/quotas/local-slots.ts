import { ServingError } from '@medserve/errors';

const RETRY_AFTER_MS = 250;

/** The concurrency that every client has where nobody set another: for each by itself, and in each gateway. Asks nobody. */
export class LocalSlots {
  private readonly used = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** @throws ServingError `quota_exceeded` */
  check(client: string): void {
    if ((this.used.get(client) ?? 0) < this.limit) return;
    throw new ServingError('quota_exceeded', 'The client has as many requests inside as may be.', {
      limit: `client-concurrency: ${String(this.limit)} requests at once`,
      retryAfterMs: RETRY_AFTER_MS,
    });
  }

  /** @returns how to leave, once. @throws ServingError `quota_exceeded` */
  take(client: string): () => void {
    this.check(client);
    this.used.set(client, (this.used.get(client) ?? 0) + 1);
    return () => {
      const left = (this.used.get(client) ?? 1) - 1;
      if (left > 0) this.used.set(client, left);
      else this.used.delete(client);
    };
  }
}
