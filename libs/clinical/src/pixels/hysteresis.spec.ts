import { hysteresis } from './hysteresis';

const thresholds = { low: 1, high: 2, leastPixels: 2 };

describe('hysteresis', () => {
  it('keeps a faint stretch that hangs on a strong one, and drops a faint one that stands alone', () => {
    const strength = Float32Array.from([3, 1.5, 1.5, 0, 1.5, 1.5]);
    expect([...hysteresis(strength, 6, 1, thresholds)]).toEqual([1, 1, 1, 0, 0, 0]);
  });

  it('drops a strong speck below the least size', () => {
    expect([...hysteresis(Float32Array.from([0, 9, 0]), 3, 1, thresholds)]).toEqual([0, 0, 0]);
  });

  it('keeps nothing of a map without strength', () => {
    expect([...hysteresis(new Float32Array(4), 2, 2, thresholds)]).toEqual([0, 0, 0, 0]);
  });
});
