import { idleState, isToEnd, reportEveryMs } from './idle';

const IDLE = 1_800_000;

describe('how long a session may stand untouched', () => {
  it('is none of anybody’s business until a minute before the end', () => {
    expect(idleState(0, IDLE - 60_001, IDLE)).toEqual({ phase: 'active', leftMs: 60_001 });
    expect(idleState(0, IDLE - 60_000, IDLE)).toEqual({ phase: 'warned', leftMs: 60_000 });
    expect(idleState(0, IDLE - 1, IDLE)).toEqual({ phase: 'warned', leftMs: 1 });
  });

  it('is over at its end, and after the machine slept through it', () => {
    expect(idleState(0, IDLE, IDLE)).toEqual({ phase: 'over', leftMs: 0 });
    expect(idleState(0, 100 * IDLE, IDLE)).toEqual({ phase: 'over', leftMs: 0 });
  });

  it('ends after a warning, and after a sleep only where no other tab has told of somebody meanwhile', () => {
    expect(isToEnd('warned', 'over')).toBe(true);
    expect(isToEnd('active', 'over')).toBe(false);
    expect(isToEnd('over', 'over')).toBe(true);
    expect(isToEnd('over', 'active')).toBe(false);
  });

  it('warns for half of a short time', () => {
    expect(idleState(0, 29_999, 60_000).phase).toBe('active');
    expect(idleState(0, 30_000, 60_000).phase).toBe('warned');
  });

  it('lets the platform hear of who is there well before it ends the session', () => {
    expect(reportEveryMs(IDLE)).toBe(60_000);
    expect(reportEveryMs(120_000)).toBe(30_000);
  });
});
