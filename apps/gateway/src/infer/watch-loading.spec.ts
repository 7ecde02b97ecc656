import { noopInstruments } from '@medserve/runtime';
import { PhaseTimes } from './phase-times';
import type { Progress } from './ports';
import { watchLoading } from './watch-loading';

const at = (phase: string): Progress => ({ phase, percent: 1 });

describe('how long a request waited for its model', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is from the first that was told of loading to the next phase', () => {
    const times = new PhaseTimes(noopInstruments());
    const told: string[] = [];
    const tell = watchLoading({ times, loadMs: 0 }, 1_000, ({ phase }) => told.push(phase));
    for (const phase of ['queued', 'loading', 'loading', 'running', 'reading']) {
      tell?.(at(phase));
      jest.advanceTimersByTime(100);
    }
    expect(times.of('load')).toBe(200);
    expect(times.serverTiming()).toContain('load;dur=200.000');
    expect(told).toEqual(['queued', 'loading', 'loading', 'running', 'reading']);
  });

  it('is not known of a model that nobody saw loading', () => {
    const times = new PhaseTimes(noopInstruments());
    watchLoading({ times }, 1_000, () => undefined)?.(at('running'));
    expect(times.of('load')).toBeUndefined();
  });

  it('is asked for only of a cold model that is expected in time', () => {
    const times = new PhaseTimes(noopInstruments());
    expect(watchLoading({ times }, 1_000, undefined)).toBeUndefined();
    expect(watchLoading({ times, loadMs: 1_001 }, 1_000, undefined)).toBeUndefined();
    expect(watchLoading({ times, loadMs: 1_000 }, 1_000, undefined)).toBeDefined();
    expect(watchLoading({ times, loadMs: 0 }, 1_000, undefined)).toBeDefined();
  });
});
