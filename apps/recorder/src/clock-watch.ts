/** Time as the machine tells it, and as it passes. */
export interface Clocks {
  /** Milliseconds since 1970; may be set. */
  wall(): number;
  /** Milliseconds that only ever go forward. */
  monotonic(): number;
}

/** How far the wall clock may drift from the monotonic one between two looks, in milliseconds: NTP slews by less. */
const TOLERANCE_MS = 2_000;

/** Sees that somebody set the clock of the machine: times in the ledger before and after are not comparable then. */
export class ClockWatch {
  private offset: number;

  constructor(private readonly clocks: Clocks = { wall: () => Date.now(), monotonic: () => performance.now() }) {
    this.offset = this.offsetNow();
  }

  /** By how many milliseconds the wall clock was set since the last look; undefined when it was not. */
  look(): number | undefined {
    const jumpMs = this.offsetNow() - this.offset;
    this.offset += jumpMs;
    return Math.abs(jumpMs) > TOLERANCE_MS ? Math.round(jumpMs) : undefined;
  }

  private offsetNow(): number {
    return this.clocks.wall() - this.clocks.monotonic();
  }
}
