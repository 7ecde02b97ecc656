import { settingsOf } from '../testing/settings';
import { nextAttempt } from './retry';

const policy = (more: object = {}) =>
  settingsOf('dicom', { retry: { baseMs: 1_000, mostMs: 8_000, maxAttempts: 6, maxAgeHours: 1, ...more } }).retry;

describe('when a delivery is tried again', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [4, 8_000],
    [5, 8_000],
  ])('after attempt %d it is a random part of %d ms', (answered, ceilingMs) => {
    expect(nextAttempt(policy(), { answered, ageMs: 0 }, 0.999_999)).toEqual({
      inMs: expect.closeTo(ceilingMs, -1) as number,
    });
    expect(nextAttempt(policy(), { answered, ageMs: 0 }, 0)).toEqual({ inMs: 0 });
  });

  it('is soon where nobody answered yet: how often one who is down is asked, its gate decides', () => {
    expect(nextAttempt(policy(), { answered: 0, ageMs: 0 }, 0.5)).toEqual({ inMs: 500 });
  });

  it('is over after the last attempt', () => {
    expect(nextAttempt(policy(), { answered: 6, ageMs: 0 }, 0.5)).toBe('over');
  });

  it('is over when it would come too late', () => {
    expect(nextAttempt(policy(), { answered: 1, ageMs: 3_600_001 }, 0)).toBe('over');
    expect(nextAttempt(policy(), { answered: 1, ageMs: 3_599_000 }, 0.5)).toEqual({ inMs: 500 });
  });

  it('is not before the receiver wants it', () => {
    expect(nextAttempt(policy(), { answered: 1, ageMs: 0 }, 0.5, 30_000)).toEqual({ inMs: 30_000 });
  });

  it('does not overflow after very many attempts', () => {
    expect(nextAttempt(policy({ maxAttempts: 10_000 }), { answered: 9_000, ageMs: 0 }, 0.5)).toEqual({ inMs: 4_000 });
  });
});
