import { ServingError } from '@medserve/errors';

/** Work of which so much may be under way at once, and no more; who comes then is sent away. */
export class Places {
  private taken = 0;

  /** @param name in the words of the refusal */
  constructor(
    private readonly name: string,
    private readonly limit: number,
  ) {}

  get isEmpty(): boolean {
    return this.taken === 0;
  }

  /** @throws ServingError `overloaded` naming the limit; whatever the work throws */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    if (this.taken >= this.limit) {
      throw new ServingError('overloaded', 'As much of this is under way as may be.', {
        limit: `${this.name}: ${String(this.limit)}`,
      });
    }
    this.taken += 1;
    try {
      return await work();
    } finally {
      this.taken -= 1;
    }
  }
}
