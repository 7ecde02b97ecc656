import { WEEKDAYS, type CalendarHours } from './policy';
import { ZoneClock } from './zone-clock';

const DAY_MINUTES = 1_440;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/**
 * Hours of the week as the clock on the wall of a time zone shows them. A range that ends before it begins goes over midnight and belongs
 * to the day on which it begins; one that ends where it begins is a whole day. Hours that a change to summer time leaves out are
 * not there, and those that it repeats are there twice.
 */
export class Calendar<Hours extends CalendarHours> {
  private readonly entries: readonly {
    readonly hours: Hours;
    readonly clock: ZoneClock;
    readonly begins: readonly number[];
    readonly length: number;
  }[];

  /** @throws RangeError for a time zone that is none */
  constructor(all: readonly Hours[]) {
    this.entries = all.map((hours) => ({
      hours,
      clock: ZoneClock.of(hours.timeZone),
      begins: hours.days.map((day) => WEEKDAYS.indexOf(day) * DAY_MINUTES + hours.fromMinute),
      length: (hours.toMinute - hours.fromMinute + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES,
    }));
  }

  /** The largest value among the hours that it is now, or `least`. */
  most(epochMs: number, least: number, valueOf: (hours: Hours) => number): number {
    let most = least;
    for (const { hours, clock, begins, length } of this.entries) {
      const now = clock.minuteOfWeek(epochMs);
      if (begins.some((begin) => (now - begin + WEEK_MINUTES) % WEEK_MINUTES < length))
        most = Math.max(most, valueOf(hours));
    }
    return most;
  }
}
