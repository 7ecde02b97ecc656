import fc from 'fast-check';
import { CLASSES } from './classes.mjs';
import { idealSlots } from './ideal.mjs';
import { makeDay } from './make-day.mjs';
import { makeFleet } from './make-fleet.mjs';
import { POLICIES } from './policies/index.mjs';
import { simulate } from './simulate.mjs';

const MONDAY_MS = Date.parse('2026-11-22T23:00:00Z');
const always = (replicas) => ({
  name: 'always',
  everyS: 2,
  of: () => ({ observe: () => undefined, decide: () => replicas, first: replicas }),
});

/** Orders a replica when it is asked. */
const fromZero = {
  name: 'from-zero',
  everyS: 2,
  of: () => ({ observe: () => undefined, decide: ({ slots, replicas }) => (slots > 0 ? 1 : replicas), first: 0 }),
};

/** One pool whose requests all take equally long. */
const onePool = (over = {}) => ({
  name: 'one',
  kind: 'encoder',
  slots: 1,
  slotsEach: 1,
  serviceS: 10,
  classes: [1, 0, 0, 0],
  peakReplicas: 1,
  maxReplicas: 50,
  spread: 0,
  ...over,
});

/** @param counts arrivals of each tick, stat to research */
function run(pool, counts, policy, over = {}) {
  const tickS = over.tickS ?? 1;
  const arrivals = [Uint16Array.from(counts.flat())];
  const day = { ticks: counts.length, tickS, arrivals };
  const ideal = [idealSlots({ pool, index: 0, seed: 1, arrivals: arrivals[0], ticks: day.ticks, tickS })];
  return simulate({ fleet: [pool], day, ideal, policy, seed: 1, gpus: 400, startMs: MONDAY_MS, failures: 0, ...over });
}
const quiet = (ticks) => Array.from({ length: ticks }, () => [0, 0, 0, 0]);
const conserved = ({ classes }) =>
  classes.every(({ arrived, lost, started, refused, waiting }) => arrived + lost === started + refused + waiting);

const madeDays = new Map();

/** An hour of the morning, from seven on. */
function smallDay(seed, weekday = 'monday') {
  const key = `${seed} ${weekday}`;
  if (!madeDays.has(key)) madeDays.set(key, makeSmallDay(seed, weekday));
  return madeDays.get(key);
}

function makeSmallDay(seed, weekday) {
  const fleet = makeFleet({ pools: 5, gpus: 60, seed }).map((pool) => ({
    ...pool,
    maxReplicas: Math.ceil(2 * pool.peakReplicas) + 2,
  }));
  const whole = makeDay({ fleet, weekday, seed, tickS: 2 });
  const [from, ticks] = [7 * 1_800, 1_800];
  const arrivals = whole.arrivals.map((all) => all.slice(from * CLASSES.length, (from + ticks) * CLASSES.length));
  const day = { ticks, tickS: 2, arrivals };
  const ideal = fleet.map((pool, index) =>
    idealSlots({ pool, index, seed, arrivals: arrivals[index], ticks, tickS: 2 }),
  );
  return { fleet, day, ideal, seed, gpus: 80, startMs: MONDAY_MS + 7 * 3_600_000 };
}

describe('a simulated day', () => {
  it('is as computed by hand: three at once on one slot of 10 s wait for 0, 10 and 20 s', () => {
    const result = run(onePool(), [[3, 0, 0, 0], ...quiet(59)], always(1));
    const [stat] = result.classes;
    expect(stat).toMatchObject({
      arrived: 3,
      started: 3,
      refused: 0,
      waiting: 0,
      running: 0,
      inTime: 2,
      waitTicks: 30,
      p50S: 10,
      p99S: 20,
    });
    expect(result.queuedRequestS).toBe(30);
  });

  it('sends the most urgent first, whoever came first', () => {
    const result = run(onePool(), [[0, 0, 2, 0], [1, 0, 0, 0], ...quiet(59)], always(1));
    expect(result.classes.map(({ waitTicks }) => waitTicks)).toEqual([9, 0, 20, 0]);
  });

  it('runs many short requests in one step, as many as there is time for', () => {
    const result = run(onePool({ slots: 2, serviceS: 0.25 }), [[9, 0, 0, 0], ...quiet(9)], always(1));
    expect(result.classes[0]).toMatchObject({ started: 9, waitTicks: 1 });
  });

  it('refuses whom nobody waits for any more, and says what still waits', () => {
    const counts = [[2, 0, 0, 0], ...quiet(CLASSES[0].patienceS + 30), [1, 0, 0, 0], ...quiet(5)];
    const result = run(onePool({ serviceS: 180 }), counts, always(1));
    expect(result.classes[0]).toMatchObject({ arrived: 3, started: 1, refused: 1, waiting: 1 });
    expect(conserved(result)).toBe(true);
  });

  it('keeps a replica ready only after it was ordered, placed and loaded, and counts who found none', () => {
    const counts = [...quiet(10), [1, 0, 0, 0], ...quiet(400)];
    const result = run(onePool(), counts, fromZero);
    const [stat] = result.classes;
    expect(stat.foundNoReplica).toBe(1);
    // No node is there: 30 s of the autoscaler and at least 2 minutes of a node are more than a stat request waits.
    expect(stat).toMatchObject({ started: 0, refused: 1 });
  });

  it('obeys Little: requests that wait are their rate times how long they wait', () => {
    const fleet = smallDay(3);
    const result = simulate({ ...fleet, policy: always(3) });
    const waited = result.classes.reduce((sum, { waitTicks }) => sum + 2 * waitTicks, 0);
    const gaveUp = result.classes.reduce((sum, { refused }, index) => sum + refused * CLASSES[index].patienceS, 0);
    // Whoever is refused at a full room waited for nothing, whoever gave up for all patience: between the two lies what was counted.
    expect(result.queuedRequestS).toBeGreaterThanOrEqual(0.98 * waited);
    expect(result.queuedRequestS).toBeLessThanOrEqual(
      1.02 * (waited + gaveUp) +
        result.classes.reduce((sum, { waiting }, index) => sum + waiting * CLASSES[index].patienceS, 0),
    );
    expect(waited).toBeGreaterThan(0);
  });

  it('loses nobody: who arrived was sent, refused, or waits, under every policy, also when nodes fail', () => {
    const fleet = smallDay(5);
    for (const policy of POLICIES) {
      const result = simulate({ ...fleet, policy, failures: 200 });
      expect({ policy: policy.name, isConserved: conserved(result) }).toEqual({
        policy: policy.name,
        isConserved: true,
      });
      expect(result.failures.nodes + result.failures.replicas).toBeGreaterThan(0);
      expect(Math.max(...result.series.paid)).toBeLessThanOrEqual(fleet.gpus);
    }
  });

  it('loses nobody whatever arrives', () => {
    const arrival = fc.array(fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20), fc.nat(20)), {
      minLength: 30,
      maxLength: 200,
    });
    fc.assert(
      fc.property(
        arrival,
        fc.double({ min: 0.1, max: 60, noNaN: true }),
        fc.integer({ min: 1, max: 8 }),
        (counts, serviceS, slots) => {
          for (const policy of POLICIES)
            expect(conserved(run(onePool({ serviceS, slots, spread: 0.3 }), counts, policy))).toBe(true);
        },
      ),
      { numRuns: 4 },
    );
  });

  it('is the same for the same seed, and another for another', () => {
    const of = (seed) => simulate({ ...smallDay(seed), policy: POLICIES[0] });
    expect(of(7)).toEqual(of(7));
    expect(of(8).classes).not.toEqual(of(7).classes);
  });

  it('asks more on a Monday morning than on a Sunday', () => {
    const asked = (weekday) =>
      smallDay(2, weekday).day.arrivals.reduce((sum, all) => sum + all.reduce((total, count) => total + count, 0), 0);
    expect(asked('monday')).toBeGreaterThan(2 * asked('sunday'));
  });
});
