import { WEEKDAYS, type CalendarFloor } from '@medserve/serving';

export interface CronHours {
  readonly start: string;
  readonly end: string;
}

const DAY_MINUTES = 1_440;

/** 0 is Sunday in cron, and Monday in a fleet file. */
const cronDay = (weekday: number): number => (weekday + 1) % 7;

const at = (minuteOfDay: number, weekdays: readonly number[]): string => {
  const days =
    weekdays.length === WEEKDAYS.length
      ? '*'
      : weekdays
          .map(cronDay)
          .sort((one, other) => one - other)
          .join(',');
  return `${String(minuteOfDay % 60)} ${String(Math.floor(minuteOfDay / 60))} * * ${days}`;
};

/**
 * Hours of a calendar in the words of cron: when they begin and when they end. Those that go over midnight end a day later.
 *
 * @throws Error for every hour of the week, which has no end: `replicas.min` says that
 */
export function cronHours({ days, fromMinute, toMinute }: CalendarFloor): CronHours {
  const begins = days.map((day) => WEEKDAYS.indexOf(day));
  const ends = toMinute > fromMinute ? begins : begins.map((day) => (day + 1) % WEEKDAYS.length);
  const hours = { start: at(fromMinute % DAY_MINUTES, begins), end: at(toMinute % DAY_MINUTES, ends) };
  if (hours.start === hours.end)
    throw new Error('a floor that never ends is no floor of a calendar: write it as replicas.min');
  return hours;
}
