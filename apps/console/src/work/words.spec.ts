import { STATES } from './search';
import { lookOf, pollMs, shortUid, tookMs, waitsLongest } from './words';
import { STATE_WORDS } from './messages';

describe('the words of the work list', () => {
  it('have a sign and a word in each language for every state that there is', () => {
    for (const state of new Set(Object.values(STATES).flat())) {
      expect(lookOf(state).sign).not.toBe('·');
      expect(STATE_WORDS.en[state]).toBeTruthy();
      expect(STATE_WORDS.es[state]).toBeTruthy();
    }
  });

  it('do without for a state of a later platform', () => {
    expect(lookOf('pondering')).toEqual({ sign: '·', tone: 'neutral' });
  });

  it('tell how long something took, and how long it has taken', () => {
    const from = '2026-11-26T08:00:00.000Z';
    expect(tookMs(from, '2026-11-26T08:00:02.500Z', 0)).toBe(2_500);
    expect(tookMs(from, undefined, Date.parse(from) + 700)).toBe(700);
    expect(tookMs(from, undefined, Date.parse(from) - 60_000)).toBe(0);
  });

  it('say which studies wait longest, of those for which something is still to be done', () => {
    expect(
      waitsLongest({
        complete: { studies: 1, oldestSeconds: 40 },
        inferring: { studies: 2, oldestSeconds: 300 },
        exported: { studies: 9, oldestSeconds: 90_000 },
      }),
    ).toBe('inferring');
    expect(waitsLongest({ exported: { studies: 9, oldestSeconds: 90_000 } })).toBeUndefined();
  });

  it('look again soon while something goes on, later when all is quiet, and not at a long list', () => {
    expect([pollMs(true, 1), pollMs(false, 1), pollMs(true, 6)]).toEqual([2_000, 15_000, false]);
  });

  it('shorten a UID to its end', () => {
    expect(shortUid('1.2.3')).toBe('1.2.3');
    expect(shortUid('1.2.840.113619.2.176.2025')).toBe('…9.2.176.2025');
  });
});
