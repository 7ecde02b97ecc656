import type { Archive, Origin } from '@medserve/archive';
import { ServingError, toServingError } from '@medserve/errors';
import { PartSplitter, type Part } from '../multipart/split-parts';
import { STORE_LIMITS } from '../limits';
import { Holding } from './holding';
import { CANNOT_UNDERSTAND, OUT_OF_RESOURCES, PROCESSING_FAILURE, type PartOutcome } from './store-answer';

export type Store = Pick<Archive, 'put' | 'batchEnded'>;

export interface StoreJob {
  readonly origin: Origin;
  /** The study that the path names. */
  readonly studyUid: string | undefined;
  /** Counts bytes that are held. @throws ServingError `overloaded` @returns how to give them back */
  readonly hold: (bytes: number) => () => void;
}

const TYPES: ReadonlySet<string | undefined> = new Set([undefined, 'application/dicom', 'application/octet-stream']);

/**
 * Stores the parts of a body while it arrives, a bounded number at a time; where its own parts fill the room that there is, the body
 * waits for them. What is stored stays stored, whatever becomes of the rest: each part has its own outcome, in their order.
 *
 * @throws ServingError `invalid_request`, `too_large` for what the body is, `overloaded` when its bytes have no place
 */
export async function storeParts(
  body: AsyncIterable<Buffer>,
  boundary: string,
  store: Store,
  job: StoreJob,
): Promise<PartOutcome[]> {
  const splitter = new PartSplitter(boundary, STORE_LIMITS.parts);
  const arriving = new Holding(job.hold);
  const outcomes: Promise<PartOutcome>[] = [];
  const running = new Set<Promise<PartOutcome>>();
  /** What others hold is not waited for: nobody knows how long that would be. */
  const makeRoom = async <T>(take: () => T): Promise<T> => {
    for (;;) {
      try {
        return take();
      } catch (thrown) {
        if (running.size === 0 || toServingError(thrown).reason !== 'overloaded') throw thrown;
        await Promise.race(running);
      }
    }
  };
  const begin = async (part: Part): Promise<void> => {
    let giveBack: () => void;
    try {
      giveBack = await makeRoom(() => job.hold(part.bytes.length));
    } catch {
      outcomes.push(Promise.resolve({ kind: 'unfinished', status: OUT_OF_RESOURCES }));
      return;
    }
    if (running.size >= STORE_LIMITS.atOnce) await Promise.race(running);
    const outcome = storePart(part, store, job).finally(() => {
      giveBack();
      running.delete(outcome);
    });
    // Where the body fails first, nobody asks for it any more.
    outcome.catch(() => undefined);
    running.add(outcome);
    outcomes.push(outcome);
  };
  try {
    let received = 0;
    for await (const chunk of body) {
      received += chunk.length;
      checkSize(received);
      const whole = splitter.push(chunk);
      // Not before: of what is whole, `begin` takes the bytes over.
      await makeRoom(() => {
        arriving.holdAtLeast(splitter.waitingBytes);
      });
      for (const part of whole) await begin(part);
    }
    if (splitter.end()) outcomes.push(Promise.resolve({ kind: 'unfinished', status: CANNOT_UNDERSTAND }));
    return await Promise.all(outcomes);
  } finally {
    arriving.letGo();
    await Promise.allSettled(running);
  }
}

function checkSize(received: number): void {
  const { requestBytes } = STORE_LIMITS;
  if (received <= requestBytes) return;
  throw new ServingError('too_large', 'The body is too large.', { limit: `body: ${String(requestBytes)} bytes` });
}

/** One part, as its own outcome: a failure of ours is one, too, so that the others are told of. */
export async function storePart({ mediaType, bytes }: Part, store: Store, job: StoreJob): Promise<PartOutcome> {
  if (!TYPES.has(mediaType)) return { kind: 'unfinished', status: CANNOT_UNDERSTAND };
  try {
    return await store.put(job.origin, bytes, { studyUid: job.studyUid });
  } catch (thrown) {
    const { category, reason } = toServingError(thrown);
    if (category === 'internal') throw thrown;
    return { kind: 'unfinished', status: reason === 'overloaded' ? OUT_OF_RESOURCES : PROCESSING_FAILURE };
  }
}
