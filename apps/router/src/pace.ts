import { expectedWaitMs, observeAnswer, UNKNOWN_RATE } from '@medserve/serving';

/** How quickly the queue of a model gets shorter, as learned from the times between answers. */
export class Pace {
  private rate = UNKNOWN_RATE;
  private answeredAtMs = 0;
  /** Whether requests waited throughout since the last answer: only then does the time between answers say something. */
  private isBusy = false;

  answered(nowMs: number): void {
    if (this.isBusy) this.rate = observeAnswer(this.rate, nowMs - this.answeredAtMs);
    this.answeredAtMs = nowMs;
  }

  /** @param waits whether anybody waits after the places that an answer freed were given */
  given(waits: boolean): void {
    this.isBusy = waits;
  }

  /** How long until so many places are free, in milliseconds; `undefined`: not known. */
  waitMs(places: number): number | undefined {
    return expectedWaitMs(this.rate, places);
  }

  /** What answered before says nothing about what answers now. */
  forget(): void {
    this.rate = UNKNOWN_RATE;
    this.isBusy = false;
  }
}
