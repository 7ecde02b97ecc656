import { ServingError } from '@medserve/errors';

/** Bytes that a server may hold for all its callers together. */
export interface ByteBudget {
  /**
   * @returns how to give the bytes back, once
   * @throws ServingError `overloaded` when they do not fit
   */
  take(bytes: number): () => void;
}

/** While a stream has so many bytes that were not dealt with, no more are read from it; one message goes in, however large. */
const STREAM_BYTES = 64 << 20;

/** Taken ahead of what came of a message: a length alone is five bytes to send, and must not keep others out. */
const STEP_BYTES = 4 << 20;

/** What one message has taken of the budget. */
class Held {
  bytes = 0;
  private readonly releases: (() => void)[] = [];

  take(bytes: number, budget: ByteBudget): void {
    this.releases.push(budget.take(bytes));
    this.bytes += bytes;
  }

  release(): void {
    for (const release of this.releases.splice(0)) release();
    this.bytes = 0;
  }
}

/** The messages of one call, from when their length is known until they were dealt with: what of the budget is this call's. */
export class HeldMessages {
  private coming: Held | undefined;
  /** Here and not inflated, in order. */
  private readonly complete: Held[] = [];
  /** Here and not delivered, in order. */
  private readonly undelivered: Held[] = [];
  private readonly delivered = new Map<unknown, Held>();
  private waiting: (() => void) | undefined;
  private isOver = false;

  constructor(private readonly budget: ByteBudget) {}

  /** So many bytes of the message that is coming are here, of so many. @throws ServingError `overloaded` */
  arrived(bytes: number, of: number): void {
    if (this.isOver) return;
    const held = (this.coming ??= new Held());
    const wanted = Math.min(of, (Math.floor(bytes / STEP_BYTES) + 1) * STEP_BYTES);
    if (wanted > held.bytes) held.take(wanted - held.bytes, this.budget);
  }

  /** All of the message that was coming is here. */
  completed(): void {
    if (this.coming === undefined) return;
    this.complete.push(this.coming);
    this.undelivered.push(this.coming);
    this.coming = undefined;
  }

  /**
   * The next of the messages that are here is going to be inflated.
   *
   * @returns what is to be told of every part before it is kept; it throws ServingError `overloaded`, and `cancelled` after the end,
   *   when nobody would give the bytes back
   */
  inflating(): (bytes: number) => void {
    const held = this.complete.shift() ?? new Held();
    return (bytes) => {
      if (this.isOver) throw new ServingError('cancelled', 'The caller went away.');
      held.take(bytes, this.budget);
    };
  }

  /** The next of the messages that are here was read. */
  deliver(message: unknown): void {
    const held = this.undelivered.shift();
    if (held !== undefined) this.delivered.set(message, held);
  }

  /** Nobody needs the message any more. */
  done(message: unknown): void {
    this.delivered.get(message)?.release();
    this.delivered.delete(message);
    if (this.waiting === undefined || this.bytes >= STREAM_BYTES) return;
    const read = this.waiting;
    this.waiting = undefined;
    read();
  }

  /** Reads now, or when enough was dealt with. */
  whenRoom(read: () => void): void {
    if (this.bytes < STREAM_BYTES) read();
    else this.waiting = read;
  }

  /** The call is over. */
  end(): void {
    this.isOver = true;
    this.waiting = undefined;
    this.coming?.release();
    for (const held of [...this.undelivered.splice(0), ...this.delivered.values()]) held.release();
    this.delivered.clear();
  }

  private get bytes(): number {
    const held = [...this.undelivered, ...this.delivered.values()];
    return held.reduce((sum, { bytes }) => sum + bytes, this.coming?.bytes ?? 0);
  }
}
