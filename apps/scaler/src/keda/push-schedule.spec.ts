import { PushSchedule } from './push-schedule';

const SECOND = 1_000;
const asleep = { isActive: false, isServed: false };
const wanted = { isActive: true, isServed: false };
const serving = { isActive: true, isServed: true };

describe('what a stream of activity is told', () => {
  it('is the state at once, whatever it is', () => {
    expect(new PushSchedule(10 * SECOND).next(asleep, 0)).toBe(false);
    expect(new PushSchedule(10 * SECOND).next(serving, 0)).toBe(true);
  });

  it('is true when the pool becomes active, and then only every ten seconds while nothing serves', () => {
    const schedule = new PushSchedule(10 * SECOND);
    schedule.next(asleep, 0);
    const pushed = Array.from({ length: 32 }, (_, second) => second + 1).filter(
      (second) => schedule.next(wanted, second * SECOND) === true,
    );
    expect(pushed).toEqual([1, 11, 21, 31]);
  });

  it('is nothing more once a replica serves', () => {
    const schedule = new PushSchedule(10 * SECOND);
    schedule.next(wanted, 0);
    for (const second of [5, 10, 20, 40]) expect(schedule.next(serving, second * SECOND)).toBeUndefined();
  });

  it('is never false after the first word, and true at the next edge', () => {
    const schedule = new PushSchedule(10 * SECOND);
    schedule.next(serving, 0);
    expect(schedule.next(asleep, SECOND)).toBeUndefined();
    expect(schedule.next(wanted, 2 * SECOND)).toBe(true);
  });
});
