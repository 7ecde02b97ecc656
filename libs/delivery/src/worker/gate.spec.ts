import { settingsOf } from '../testing/settings';
import { Gate } from './gate';

const { retry } = settingsOf('dicom', { retry: { baseMs: 1_000, mostMs: 4_000 } });

describe('the gate before a destination', () => {
  const gate = (): Gate => new Gate(3, retry, () => 0);

  it('lets as many through as it may have at once', () => {
    expect(gate().room(0, 0)).toBe(3);
    expect(gate().room(3, 0)).toBe(0);
  });

  it('lets nobody through while it rests, and then one alone', () => {
    const shut = gate();
    shut.down(0);
    expect([shut.room(0, 499), shut.rest(0)]).toEqual([0, 500]);
    expect([shut.room(0, 500), shut.room(1, 500)]).toEqual([1, 0]);
  });

  it('rests longer each time, up to a limit', () => {
    const shut = gate();
    const rests = [1, 2, 3, 4].map(() => {
      shut.down(0);
      return shut.rest(0);
    });
    expect(rests).toEqual([500, 1_000, 2_000, 2_000]);
  });

  it('rests for as long as the receiver asks', () => {
    const shut = gate();
    shut.down(0, 60_000);
    expect(shut.rest(0)).toBe(60_000);
  });

  it('is wide open again after one answer', () => {
    const shut = gate();
    shut.down(0);
    shut.up();
    expect(shut.room(0, 0)).toBe(3);
  });
});
