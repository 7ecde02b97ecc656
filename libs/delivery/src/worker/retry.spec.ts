import { settingsOf } from '../testing/settings';
import { nextAttempt, type Tried } from './retry';

const policy = (more: object = {}) =>
  settingsOf('dicom', { retry: { baseMs: 1_000, mostMs: 8_000, maxAttempts: 6, maxAgeHours: 1, ...more } }).retry;

const tried = (more: Partial<Tried>): Tried => ({
  attempts: more.answered ?? 0,
  answered: 0,
  heard: 'answer',
  ageMs: 0,
  ...more,
});

describe('when a delivery is tried again', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [4, 8_000],
    [5, 8_000],
  ])('after attempt %d it is a random part of %d ms', (answered, ceilingMs) => {
    expect(nextAttempt(policy(), tried({ answered }), 0.999_999)).toEqual({
      inMs: expect.closeTo(ceilingMs, -1) as number,
    });
    expect(nextAttempt(policy(), tried({ answered }), 0)).toEqual({ inMs: 0 });
  });

  it.each([
    ['nobody was there', 'down', 30_000],
    ['nothing was heard of it', 'nothing', 60_000],
  ] as const)('is ever later where %s, and not counted', (_, heard, mostMs) => {
    const waits = [1, 2, 3, 100].map((attempts) =>
      nextAttempt(policy({ mostMs: 60_000 }), tried({ attempts, heard }), 0.5),
    );
    expect(waits).toEqual([500, 1_000, 2_000, mostMs / 2].map((inMs) => ({ inMs })));
  });

  it('is ever later where it alone is left unanswered, until it is over', () => {
    expect(nextAttempt(policy(), tried({ attempts: 9, answered: 3, heard: 'passed_over' }), 0.5)).toEqual({
      inMs: 2_000,
    });
    expect(nextAttempt(policy(), tried({ attempts: 9, answered: 6, heard: 'passed_over' }), 0.5)).toBe('over');
  });

  it('is over after the last attempt', () => {
    expect(nextAttempt(policy(), tried({ answered: 6 }), 0.5)).toBe('over');
  });

  it('is over when it would come too late', () => {
    expect(nextAttempt(policy(), tried({ answered: 1, ageMs: 3_600_001 }), 0)).toBe('over');
    expect(nextAttempt(policy(), tried({ answered: 1, ageMs: 3_599_000 }), 0.5)).toEqual({ inMs: 500 });
  });

  it('is not before the receiver wants it', () => {
    expect(nextAttempt(policy(), tried({ answered: 1 }), 0.5, 30_000)).toEqual({ inMs: 30_000 });
  });

  it('does not overflow after very many attempts', () => {
    expect(nextAttempt(policy({ maxAttempts: 10_000 }), tried({ answered: 9_000 }), 0.5)).toEqual({ inMs: 4_000 });
  });
});
