import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { damage } from './damage';
import type { Faults } from './faults';

export interface LaneRules {
  /** Asked anew for every piece: faults may change while a connection is open. */
  readonly faults: () => Faults;
  readonly random: () => number;
  /** Resolves when the wire may carry on. */
  readonly untilResumed: () => Promise<void>;
  /** Aborts when nobody is there any more to carry to. */
  readonly signal: AbortSignal;
}

/** A drip carries this often. */
const DRIPS_PER_SECOND = 20;

/** Of a drip, as much as one drop holds; otherwise the whole piece. */
function* dropsOf(piece: Buffer, bytesPerSecond: number | undefined): Generator<Buffer> {
  const size = bytesPerSecond === undefined ? piece.length : Math.max(1, Math.floor(bytesPerSecond / DRIPS_PER_SECOND));
  for (let at = 0; at < piece.length; at += size) yield piece.subarray(at, at + size);
}

function pauseOf(drop: Buffer, faults: Faults, random: () => number): number {
  const { delayMs = 0, jitterMs = 0, bytesPerSecond } = faults;
  const heldMs = Math.max(0, delayMs + jitterMs * (2 * random() - 1));
  return heldMs + (bytesPerSecond === undefined ? 0 : (1_000 * drop.length) / bytesPerSecond);
}

/**
 * Carries one direction of one connection, with what is to happen to it, until it ends. Reads no more than it can pass on.
 *
 * @returns how it ended: `end` is an ordinary one, to be passed on
 */
export async function carry(from: Socket, to: Socket, rules: LaneRules): Promise<'end' | 'reset' | 'truncate'> {
  const { signal, random } = rules;
  let carried = 0;
  // Whoever called ends the connection: it may have something to carry still.
  const pieces = from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const piece of pieces) {
    for (const drop of dropsOf(piece, rules.faults().bytesPerSecond)) {
      const faults = rules.faults();
      const pauseMs = pauseOf(drop, faults, random);
      if (pauseMs > 0) await delay(pauseMs, undefined, { signal });
      await rules.untilResumed();
      signal.throwIfAborted();
      if (rules.faults().swallows === true) continue;
      const { bytes, then } = damage(drop, carried, faults, random);
      carried += drop.length;
      if (bytes.length > 0 && !to.write(bytes)) await once(to, 'drain', { signal });
      if (then !== 'carry') return then;
    }
  }
  await rules.untilResumed();
  // Who vanished says no goodbye.
  if (rules.faults().swallows === true && !signal.aborted) await once(signal, 'abort');
  return 'end';
}
