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

interface Held {
  readonly bytes: number;
  readonly release: () => void;
}

const NOTHING: Held = { bytes: 0, release: () => undefined };

/** The messages of one call, from when their length is known until they were dealt with: what of the budget is this call's. */
export class HeldMessages {
  /** Announced and not delivered, in order. */
  private readonly coming: Held[] = [];
  private readonly delivered = new Map<unknown, Held>();
  private bytes = 0;
  private waiting: (() => void) | undefined;

  constructor(private readonly budget: ByteBudget) {}

  /** A message of this length comes. @throws ServingError `overloaded` */
  announce(bytes: number): void {
    this.coming.push(this.take(bytes));
  }

  /** The next of the announced messages was read. @param bytes its length now: more than announced when it was compressed */
  deliver(message: unknown, bytes: number): void {
    const announced = this.coming.shift() ?? NOTHING;
    this.delivered.set(message, announced);
    if (bytes <= announced.bytes) return;
    const inflated = this.take(bytes - announced.bytes);
    this.delivered.set(message, {
      bytes: announced.bytes + inflated.bytes,
      release: () => {
        announced.release();
        inflated.release();
      },
    });
  }

  /** Nobody needs the message any more. */
  done(message: unknown): void {
    this.free(this.delivered.get(message) ?? NOTHING);
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
    this.waiting = undefined;
    for (const held of [...this.coming.splice(0), ...this.delivered.values()]) this.free(held);
    this.delivered.clear();
  }

  private take(bytes: number): Held {
    const held = { bytes, release: this.budget.take(bytes) };
    this.bytes += bytes;
    return held;
  }

  private free({ bytes, release }: Held): void {
    this.bytes -= bytes;
    release();
  }
}
