/** What a wire does to the bytes of one direction. Nothing given: it carries them as they are. */
export interface Faults {
  /** Each piece is held this long, and what comes behind it waits. */
  readonly delayMs?: number;
  /** Up to this much longer or shorter, by the seed. */
  readonly jitterMs?: number;
  /** Drips: no more than this much a second. */
  readonly bytesPerSecond?: number;
  /** Carries so many bytes of a connection, then resets it (RST): both ends see an error. */
  readonly resetAfterBytes?: number;
  /** Carries so many bytes of a connection, then closes it as if all had been said. */
  readonly truncateAfterBytes?: number;
  /** Takes everything and passes nothing on, not even the end: the peer has vanished without a word. */
  readonly swallows?: boolean;
  /** Turns over one bit of the byte at this place of a connection, counted from 0; which bit, the seed says. */
  readonly flipBitAt?: number;
  /** Turns over a bit of a byte with this chance, 0 to 1, by the seed. */
  readonly flipChance?: number;
}

/** `toTarget`: what the caller says; `toCaller`: what it is answered. */
export type Direction = 'toTarget' | 'toCaller';
