import { WEEKDAYS } from './policy';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** Zones change their offset at a quarter of an hour of UTC, if at all. */
const QUARTER_MS = 15 * MINUTE_MS;
/** 1970-01-01 was a Thursday. */
const EPOCH_DAY = WEEKDAYS.indexOf('thu');

const clocks = new Map<string, ZoneClock>();

/** What the clock on the wall of a time zone shows, summer time included (IANA data, as the runtime has it). */
export class ZoneClock {
  private readonly format: Intl.DateTimeFormat;
  private quarter = Number.NaN;
  private offsetMinutes = 0;

  private constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  }

  /**
   * One for each zone, shared: asking the time zone data is slow, and the offset of a quarter of an hour is kept.
   *
   * @throws RangeError when there is no such zone
   */
  static of(timeZone: string): ZoneClock {
    let clock = clocks.get(timeZone);
    if (clock === undefined) {
      clock = new ZoneClock(timeZone);
      clocks.set(timeZone, clock);
    }
    return clock;
  }

  /** Minutes since the Monday midnight of the zone's week, 0 to 10,079. */
  minuteOfWeek(epochMs: number): number {
    const quarter = Math.floor(epochMs / QUARTER_MS);
    if (quarter !== this.quarter) {
      this.offsetMinutes = this.offsetAt(quarter * QUARTER_MS);
      this.quarter = quarter;
    }
    const minutes = Math.floor(epochMs / MINUTE_MS) + this.offsetMinutes + EPOCH_DAY * DAY_MINUTES;
    return ((minutes % (7 * DAY_MINUTES)) + 7 * DAY_MINUTES) % (7 * DAY_MINUTES);
  }

  private offsetAt(epochMs: number): number {
    const part = { year: 0, month: 0, day: 0, hour: 0, minute: 0 };
    for (const { type, value } of this.format.formatToParts(epochMs))
      if (type in part) Object.assign(part, { [type]: Number(value) });
    return Math.round((Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute) - epochMs) / MINUTE_MS);
  }
}
