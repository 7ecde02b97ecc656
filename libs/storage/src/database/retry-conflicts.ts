import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseError } from 'pg';

/** Serialization failure and deadlock: the server undid one of two so that the other goes on. The same work again may well do. */
const CONFLICTS = new Set(['40001', '40P01']);

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 5;

export interface RetryClock {
  readonly random: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
}

const REAL: RetryClock = { random: Math.random, pause: (ms) => delay(ms) };

export const isConflict = (error: unknown): boolean =>
  error instanceof DatabaseError && CONFLICTS.has(error.code ?? '');

/**
 * Does work once more that lost to another transaction, four times in all. Each pause is drawn from twice the span of the one
 * before, so that those who met do not meet again. The work left nothing behind: its transaction was undone.
 *
 * @throws what the work throws, the last conflict included
 */
export async function retryConflicts<T>(work: () => Promise<T>, clock: RetryClock = REAL): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= ATTEMPTS || !isConflict(error)) throw error;
      await clock.pause(clock.random() * FIRST_PAUSE_MS * 2 ** attempt);
    }
  }
}
