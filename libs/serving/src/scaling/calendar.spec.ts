import { Calendar } from './calendar';
import { WEEKDAYS, type CalendarFloor, type Weekday } from './policy';

const at = (iso: string) => Date.parse(iso);
const hours = (days: readonly Weekday[], from: string, to: string, timeZone: string, replicas = 1): CalendarFloor => {
  const minute = (clock: string) => 60 * Number(clock.slice(0, 2)) + Number(clock.slice(3));
  return { days, fromMinute: minute(from), toMinute: minute(to), timeZone, replicas };
};
const floorAt = (floors: readonly CalendarFloor[], iso: string) =>
  new Calendar(floors).most(at(iso), 0, ({ replicas }) => replicas);

const CLINIC = hours(['mon', 'tue', 'wed', 'thu', 'fri'], '07:00', '18:00', 'Europe/Berlin', 4);

describe('Calendar', () => {
  it.each([
    ['before it begins', '2026-11-23T05:59:59Z', 0],
    ['when it begins', '2026-11-23T06:00:00Z', 4],
    ['in its last second', '2026-11-23T16:59:59Z', 4],
    ['when it ends', '2026-11-23T17:00:00Z', 0],
    ['on a Sunday', '2026-11-22T10:00:00Z', 0],
    ['in summer, an hour earlier by UTC', '2026-07-06T05:00:00Z', 4],
  ])('goes by the clock on the wall: %s', (_, iso, expected) => {
    expect(floorAt([CLINIC], iso)).toBe(expected);
  });

  it.each([
    ['the evening of its day', '2026-11-27T21:00:00Z', 2],
    ['the morning after', '2026-11-28T04:59:00Z', 2],
    ['its end', '2026-11-28T05:00:00Z', 0],
    ['the morning of its day, which belongs to the day before', '2026-11-27T04:00:00Z', 0],
  ])('goes over midnight and belongs to the day on which it begins: %s', (_, iso, expected) => {
    expect(floorAt([hours(['fri'], '22:00', '06:00', 'Europe/Berlin', 2)], iso)).toBe(expected);
  });

  it('goes from the end of the week into its beginning', () => {
    const night = hours(['sun'], '20:00', '08:00', 'UTC', 3);
    expect(floorAt([night], '2026-11-23T07:59:00Z')).toBe(3);
    expect(floorAt([night], '2026-11-24T07:59:00Z')).toBe(0);
  });

  it('is a whole day when it ends where it begins', () => {
    const sunday = hours(['sun'], '00:00', '00:00', 'UTC', 1);
    expect(
      ['2026-11-22T00:00:00Z', '2026-11-22T23:59:59Z', '2026-11-23T00:00:00Z'].map((iso) => floorAt([sunday], iso)),
    ).toEqual([1, 1, 0]);
  });

  it('leaves out what a change to summer time leaves out: 02:30 is skipped, 03:00 is after it', () => {
    const night = hours(WEEKDAYS, '02:00', '03:00', 'Europe/Berlin', 1);
    expect(
      ['2026-03-29T00:59:00Z', '2026-03-29T01:00:00Z', '2026-03-29T01:30:00Z'].map((iso) => floorAt([night], iso)),
    ).toEqual([0, 0, 0]);
    const morning = hours(WEEKDAYS, '02:30', '04:00', 'Europe/Berlin', 1);
    expect(
      ['2026-03-29T00:59:00Z', '2026-03-29T01:00:00Z', '2026-03-29T02:00:00Z'].map((iso) => floorAt([morning], iso)),
    ).toEqual([0, 1, 0]);
  });

  it('has twice what the end of summer time repeats', () => {
    const night = hours(WEEKDAYS, '02:00', '03:00', 'Europe/Berlin', 1);
    expect(
      ['2026-10-24T23:59:00Z', '2026-10-25T00:00:00Z', '2026-10-25T01:59:00Z', '2026-10-25T02:00:00Z'].map((iso) =>
        floorAt([night], iso),
      ),
    ).toEqual([0, 1, 1, 0]);
  });

  it('knows zones that are not whole hours away, and half an hour of summer time', () => {
    expect(floorAt([hours(['tue'], '00:00', '00:30', 'Asia/Kathmandu', 1)], '2026-11-23T18:15:00Z')).toBe(1);
    const island = hours(['sun'], '02:30', '03:00', 'Australia/Lord_Howe', 1);
    expect(
      ['2026-10-03T15:29:00Z', '2026-10-03T15:30:00Z', '2026-10-03T16:00:00Z'].map((iso) => floorAt([island], iso)),
    ).toEqual([0, 1, 0]);
  });

  it('takes the largest of several that it is now', () => {
    const lunch = hours(['mon'], '11:00', '13:00', 'Europe/Berlin', 2);
    expect(floorAt([lunch, CLINIC], '2026-11-23T11:00:00Z')).toBe(4);
  });

  it('refuses a time zone that is none', () => {
    expect(() => new Calendar([hours(['mon'], '00:00', '01:00', 'Mars/Olympus')])).toThrow(RangeError);
  });
});
