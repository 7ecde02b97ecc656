import { Arrivals } from './arrivals';

/** What a refusal says; undefined where there is none. */
const refusalOf = (enter: () => unknown): unknown => {
  try {
    enter();
    return undefined;
  } catch (error) {
    return error;
  }
};

const PATIENT_MS = 600_000;

const setUp = () => {
  const clock = { nowMs: 0 };
  return { clock, arrivals: new Arrivals(() => clock.nowMs, { placesPerModel: 10, places: 15 }) };
};

describe('the places in the gateway', () => {
  it('are refused to a class that has its share, and kept for the more urgent ones', () => {
    const { arrivals } = setUp();
    for (let count = 0; count < 7; count += 1) arrivals.enter('m', 'routine', PATIENT_MS);
    expect(refusalOf(() => arrivals.enter('m', 'routine', PATIENT_MS))).toMatchObject({
      reason: 'overloaded',
      limit: 'requests for one model: 10',
      retryAfterMs: 1_000,
    });
    for (let count = 0; count < 3; count += 1) arrivals.enter('m', 'stat', PATIENT_MS);
    expect(refusalOf(() => arrivals.enter('m', 'stat', PATIENT_MS))).toMatchObject({ reason: 'overloaded' });
  });

  it('are counted for each model, and for all together', () => {
    const { arrivals } = setUp();
    for (let count = 0; count < 7; count += 1) arrivals.enter('m', 'routine', PATIENT_MS);
    for (let count = 0; count < 3; count += 1) arrivals.enter('n', 'routine', PATIENT_MS);
    expect(refusalOf(() => arrivals.enter('n', 'routine', PATIENT_MS))).toMatchObject({
      limit: 'requests in flight: 15',
    });
    expect(arrivals.enter('n', 'stat', PATIENT_MS)).toBeDefined();
  });

  it('are free again when their request has left, however it ended', () => {
    const { arrivals } = setUp();
    for (let count = 0; count < 100; count += 1)
      arrivals.enter('m', 'research', PATIENT_MS)(count % 2 === 0 ? 'answered' : 'unanswered');
    expect(arrivals.enter('m', 'research', PATIENT_MS)).toBeDefined();
  });

  it('come with the time after which to try again, learned from the answers', () => {
    const { clock, arrivals } = setUp();
    const leave = Array.from({ length: 7 }, () => arrivals.enter('m', 'routine', PATIENT_MS));
    for (let count = 0; count < 21; count += 1) {
      clock.nowMs += 400;
      leave.shift()?.('answered');
      leave.push(arrivals.enter('m', 'routine', PATIENT_MS));
    }
    expect(refusalOf(() => arrivals.enter('m', 'routine', PATIENT_MS))).toMatchObject({ retryAfterMs: 400 });
  });

  it('are refused to who would be answered too late, but not to the more urgent, nor to who has nobody before it', () => {
    const { clock, arrivals } = setUp();
    const leave = Array.from({ length: 5 }, () => arrivals.enter('m', 'routine', PATIENT_MS));
    for (let count = 0; count < 21; count += 1) {
      clock.nowMs += 400;
      leave.shift()?.('answered');
      leave.push(arrivals.enter('m', 'routine', PATIENT_MS));
    }
    expect(refusalOf(() => arrivals.enter('m', 'routine', 1_000))).toMatchObject({ limit: 'deadline: 1000 ms' });
    expect(
      refusalOf(() => {
        arrivals.check('m', 'routine', 1_000);
      }),
    ).toMatchObject({ reason: 'overloaded' });
    expect(arrivals.enter('m', 'routine', 3_000)).toBeDefined();
    expect(arrivals.enter('m', 'stat', 100)).toBeDefined();
  });

  it('are not refused after a slow start, which says nothing about the answers after it', () => {
    const { clock, arrivals } = setUp();
    for (let starts = 0; starts < 20; starts += 1) {
      const leave = arrivals.enter('m', 'routine', PATIENT_MS);
      clock.nowMs += 40_000;
      leave('answered');
    }
    const burst = Array.from({ length: 6 }, () => arrivals.enter('m', 'routine', 10_000));
    expect(burst).toHaveLength(6);
  });

  it('are not refused after a model was loaded while requests waited for it', () => {
    const { clock, arrivals } = setUp();
    const leave = Array.from({ length: 5 }, () => arrivals.enter('m', 'routine', PATIENT_MS));
    for (let count = 0; count < 20; count += 1) {
      const isLoaded = count % 5 === 4;
      clock.nowMs += isLoaded ? 40_000 : 10;
      leave.shift()?.(isLoaded ? 'loaded' : 'answered');
      leave.push(arrivals.enter('m', 'routine', 10_000));
    }
    expect(arrivals.enter('m', 'routine', 10_000)).toBeDefined();
  });
});
