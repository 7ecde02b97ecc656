import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ServingError } from '@medserve/errors';
import type { RequestStatus, StoredResult } from '../../records/record-store';
import type { LiveSession, World } from './world';

/** What a lane knows of a request of its own. */
export interface Known {
  readonly id: string;
  readonly bytes: string;
  readonly key: string | undefined;
  status: RequestStatus;
  result: StoredResult | undefined;
}

const ATTEMPTS = 100;
const RETRY_MS = 5;

export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

export const isUnavailable = (error: unknown): boolean =>
  error instanceof ServingError && error.reason === 'unavailable';

/** One caller of one tenant, with all that it knows of what it did: against this, whatever comes back is held. */
export class Lane {
  readonly known: Known[] = [];
  /** Its API keys, and whether they live. */
  readonly keys = new Map<string, boolean>();
  /** Browsers that are signed in. */
  readonly sessions: LiveSession[] = [];

  constructor(
    readonly world: World,
    readonly tenant: string,
    readonly number: number,
    readonly random: () => number,
  ) {}

  expect(isAsKnown: boolean, what: string): void {
    if (!isAsKnown) this.world.violations.push(`${this.tenant}: ${what}`);
  }

  /** One of its newest requests, which are the liveliest. */
  pick(): Known | undefined {
    return this.known[this.known.length - 1 - Math.floor(this.random() * Math.min(this.known.length, 20))];
  }

  /** Until the database answers again, which it does soon. What a cut leaves unknown is looked up, never assumed. */
  async surely<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (attempt >= ATTEMPTS || !isUnavailable(error)) throw error;
        this.world.lost += 1;
        await delay(RETRY_MS);
      }
    }
  }
}
