import type { StoreHealth } from './ports';
import { notKnown } from './refusals';
import { settledWithin } from './settled-within';

export interface SharedStoreParts {
  readonly health: StoreHealth;
  readonly now: () => number;
}

/** How long a request waits for the store. A reply that comes later is taken all the same, for those after it. */
const WAIT_MS = 1_000;
/** After a failure the store is left alone for so long: a flood asks it four times a second. */
const PAUSE_MS = 250;
/** What comes may be taken by others as often before who waits for it gives up. */
const ATTEMPTS = 8;

/** The way of one quota to the store that all gateways share: one question at a time, and none for a while after a failure. */
export class SharedStore {
  /** What requests wait for, in points or slots. */
  awaited = 0;
  private asking: Promise<boolean> | undefined;
  private pausedUntilMs = -Infinity;

  constructor(private readonly parts: SharedStoreParts) {}

  get isPaused(): boolean {
    return this.parts.now() < this.pausedUntilMs;
  }

  /** The end of the question that is under way. */
  get asked(): Promise<boolean> | undefined {
    return this.asking;
  }

  /** Asks, or waits for the question that is under way. Never rejects. @returns whether the store answered */
  ask(question: () => Promise<void>): Promise<boolean> {
    this.asking ??= this.put(question).finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  /**
   * Takes what is held, or what the store gives.
   *
   * @param take undefined: more has to be asked for first
   * @param amount that is wanted, in points or slots
   * @throws ServingError `unavailable` when the store does not answer, and whatever `take` throws
   */
  async until<T>(take: () => T | undefined, amount: number, ask: () => Promise<unknown> | undefined): Promise<T> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const taken = take();
      if (taken !== undefined) return taken;
      if (this.isPaused) throw notKnown();
      this.awaited += amount;
      try {
        if (!(await settledWithin(ask() ?? Promise.resolve(), WAIT_MS))) throw this.late();
      } finally {
        this.awaited -= amount;
      }
    }
    throw notKnown();
  }

  private async put(question: () => Promise<void>): Promise<boolean> {
    const { health, now } = this.parts;
    try {
      await question();
      health.answered();
      return true;
    } catch (error) {
      this.pausedUntilMs = now() + PAUSE_MS;
      health.failed(error);
      return false;
    }
  }

  private late(): Error {
    const error = notKnown();
    this.parts.health.failed(error);
    return error;
  }
}
