import fc from 'fast-check';
import { DemandMeter } from './demand-meter';
import { slotsOf } from './slots-of';

const LINGER_MS = 30_000;

describe('slotsOf', () => {
  it('is one for whatever is usual or less, more for a volume, and never more than eight', () => {
    expect([1, 16, 24, 64, 10_000].map((units) => slotsOf(units, 16))).toEqual([1, 1, 1.5, 4, 8]);
  });
});

describe('DemandMeter', () => {
  it('counts what waits and what runs apart', () => {
    const meter = new DemandMeter(LINGER_MS);
    meter.enter(0, 2);
    meter.enter(0, 1);
    meter.start(10, 2);
    expect(meter.reading(20)).toEqual({ queuedSlots: 1, runningSlots: 2, idleMs: 0, active: true });
    meter.leave(30, 2, 'run');
    meter.leave(40, 1, 'queue');
    expect(meter.reading(50)).toEqual({ queuedSlots: 0, runningSlots: 0, idleMs: 10, active: true });
  });

  it('was never active before the first request, and lingers after the last one', () => {
    const meter = new DemandMeter(LINGER_MS);
    expect(meter.reading(0)).toEqual({ queuedSlots: 0, runningSlots: 0, idleMs: 0, active: false });
    meter.enter(1_000, 1);
    meter.leave(2_000, 1, 'queue');
    expect(meter.reading(2_000 + LINGER_MS - 1).active).toBe(true);
    expect(meter.reading(2_000 + LINGER_MS)).toMatchObject({ idleMs: LINGER_MS, active: false });
  });

  it('tells the mean of every whole second, the latest first, and from a moment on only what is new', () => {
    const meter = new DemandMeter(LINGER_MS);
    meter.enter(500, 2);
    meter.start(1_250, 2);
    meter.leave(1_750, 2, 'run');
    meter.enter(3_500, 4);
    expect(meter.recent(5_900)).toEqual([4, 2, 0, 1.5, 1]);
    expect(meter.recent(5_900, 3_700)).toEqual([4, 2]);
    expect(meter.recent(5_900, 5_000)).toEqual([]);
  });

  it('keeps the last 900 seconds, however long nothing happened', () => {
    const meter = new DemandMeter(LINGER_MS);
    meter.enter(0, 1);
    meter.leave(5_000, 1, 'queue');
    meter.enter(100_000_000, 3);
    expect(meter.recent(100_000_000)).toEqual(Array.from({ length: 900 }, () => 0));
    expect(meter.recent(200_000_000)).toEqual(Array.from({ length: 900 }, () => 3));
  });

  it('takes a time before the last one for the last one', () => {
    const meter = new DemandMeter(LINGER_MS);
    meter.enter(5_000, 1);
    meter.leave(4_000, 1, 'queue');
    expect(meter.reading(3_000)).toMatchObject({ idleMs: 0, active: true });
  });

  it('has no demand when nobody is inside, whatever fractions were added and taken', () => {
    const visit = fc.record({ slots: fc.double({ min: 1, max: 8, noNaN: true }), starts: fc.boolean() });
    fc.assert(
      fc.property(fc.array(visit, { minLength: 1, maxLength: 50 }), (visits) => {
        const meter = new DemandMeter(LINGER_MS);
        let nowMs = 0;
        for (const { slots } of visits) meter.enter((nowMs += 7), slots);
        for (const { slots, starts } of visits) if (starts) meter.start((nowMs += 7), slots);
        for (const { slots, starts } of visits) meter.leave((nowMs += 7), slots, starts ? 'run' : 'queue');
        expect(meter.reading(nowMs)).toMatchObject({ queuedSlots: 0, runningSlots: 0 });
      }),
    );
  });

  it('loses no slot and no millisecond: the means add up to the slots times how long each was inside', () => {
    const visit = fc.record({ at: fc.nat(50_000), forMs: fc.nat(20_000), slots: fc.integer({ min: 1, max: 8 }) });
    fc.assert(
      fc.property(fc.array(visit, { minLength: 1, maxLength: 20 }), (visits) => {
        const meter = new DemandMeter(LINGER_MS);
        const events = visits
          .flatMap(({ at, forMs, slots }) => [
            { at, slots, enters: true },
            { at: at + forMs, slots, enters: false },
          ])
          .sort((one, other) => one.at - other.at || Number(other.enters) - Number(one.enters));
        for (const { at, slots, enters } of events) {
          if (enters) meter.enter(at, slots);
          else meter.leave(at, slots, 'queue');
        }
        const told = meter.recent(100_000).reduce((sum, mean) => sum + mean, 0);
        expect(told).toBeCloseTo(
          visits.reduce((sum, { forMs, slots }) => sum + (forMs * slots) / 1_000, 0),
          6,
        );
      }),
    );
  });
});
