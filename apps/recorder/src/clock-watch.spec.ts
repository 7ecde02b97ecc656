import { ClockWatch } from './clock-watch';

describe('ClockWatch', () => {
  let [wall, monotonic] = [0, 0];
  let watch: ClockWatch;

  const pass = (ms: number, setBy = 0): void => {
    monotonic += ms;
    wall += ms + setBy;
  };

  beforeEach(() => {
    [wall, monotonic] = [1_790_000_000_000, 5_000];
    watch = new ClockWatch({ wall: () => wall, monotonic: () => monotonic });
  });

  it('sees nothing while time passes, however long, nor when the clock is slewed a little', () => {
    for (const [ms, setBy] of [[1_000], [400 * 86_400_000], [1_000, 1_900], [1_000, -1_900]] as [number, number?][]) {
      pass(ms, setBy);
      expect(watch.look()).toBeUndefined();
    }
  });

  it.each([-3_600_000, 400 * 86_400_000, 2_001])('sees once that the clock was set by %d ms', (setBy) => {
    pass(1_000, setBy);
    expect(watch.look()).toBe(setBy);
    pass(1_000);
    expect(watch.look()).toBeUndefined();
  });
});
