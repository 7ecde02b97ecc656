import { endOfSession, isOver, isToTouch, latestEnd, TOUCH_MS } from './session-rules';

const LIMITS = { idleMs: 1_800_000, longestMs: 43_200_000 };
const session = (seenMs: number, endsMs: number) => ({ seenAt: new Date(seenMs), endsAt: new Date(endsMs) });

describe('the rules of sessions', () => {
  it('end one that nobody uses for the idle time, at that very moment', () => {
    const one = session(1_000, 10_000_000);
    expect(isOver(one, LIMITS, 1_000 + LIMITS.idleMs - 1)).toBe(false);
    expect(isOver(one, LIMITS, 1_000 + LIMITS.idleMs)).toBe(true);
  });

  it('end one at its latest end, however much it is used', () => {
    const one = session(9_999_000, 10_000_000);
    expect(endOfSession(one, LIMITS)).toBe(10_000_000);
    expect(isOver(one, LIMITS, 9_999_999)).toBe(false);
    expect(isOver(one, LIMITS, 10_000_000)).toBe(true);
  });

  it('write down a use once a minute', () => {
    const one = session(5_000, 10_000_000);
    expect(isToTouch(one, 5_000 + TOUCH_MS - 1)).toBe(false);
    expect(isToTouch(one, 5_000 + TOUCH_MS)).toBe(true);
  });

  it('let none outlive the credential that it stands for', () => {
    expect(latestEnd(0, LIMITS)).toEqual(new Date(LIMITS.longestMs));
    expect(latestEnd(0, LIMITS, null)).toEqual(new Date(LIMITS.longestMs));
    expect(latestEnd(0, LIMITS, new Date(5_000))).toEqual(new Date(5_000));
  });
});
