import { hpa } from './hpa.mjs';
import { kpa } from './kpa.mjs';
import { oracle, peak } from './known.mjs';
import { ours, oursThroughKeda } from './ours.mjs';

const MONDAY_MS = Date.parse('2026-11-23T09:00:00Z');
const POOL = { kind: 'encoder', slots: 10, classes: [0.1, 0.2, 0.7, 0], peakReplicas: 10, maxReplicas: 100 };
const context = (over = {}) => ({
  tickS: 2,
  startMs: MONDAY_MS,
  phase: 0,
  firstSlots: 0,
  ideal: new Float32Array(10),
  ...over,
});

/** Replicas at each tick of a demand, every replica ready at once. */
function follow(policy, demand, { replicas = 0, pool = POOL, ...over } = {}) {
  const decider = policy.of(pool, context(over));
  return demand.map((slots, tick) => {
    const nowMs = MONDAY_MS + 2_000 * (tick + 1);
    decider.observe(nowMs, slots);
    replicas = decider.decide({
      nowMs,
      tick,
      slots,
      active: slots > 0,
      idleMs: 0,
      readyReplicas: replicas,
      startingReplicas: 0,
      replicas,
      isCooling: true,
    });
    return replicas;
  });
}
const steady = (slots, ticks) => Array.from({ length: ticks }, () => slots);

describe("Knative's arithmetic", () => {
  it('wants the stable demand over seventy in a hundred of the slots', () => {
    expect(follow(kpa, steady(35, 60)).at(-1)).toBe(5);
  });

  it('follows the short window in a panic, takes nothing away in it, and leaves it a stable window later', () => {
    const replicas = follow(kpa, [...steady(7, 60), ...steady(70, 10), ...steady(7, 100)]);
    expect(replicas[69]).toBe(10);
    expect(replicas[69 + 20]).toBe(10);
    expect(replicas.at(-1)).toBe(1);
  });

  it('goes to zero a grace period after the stable window is empty, and from zero at once', () => {
    const replicas = follow(kpa, [...steady(7, 60), ...steady(0, 60), 1]);
    expect(replicas[60 + 29]).toBe(1);
    expect(replicas[60 + 50]).toBe(0);
    expect(replicas.at(-1)).toBe(1);
  });
});

describe("an HPA's arithmetic", () => {
  it('is ceil(current * metric / target), and nothing within a tenth of the target', () => {
    expect(follow(hpa, steady(40, 8), { replicas: 4 }).at(-1)).toBe(5);
    expect(follow(hpa, steady(86, 20), { replicas: 10 }).at(-1)).toBe(10);
    expect(follow(hpa, steady(90, 20), { replicas: 10 }).at(-1)).toBe(12);
  });

  it('looks every 15 s, doubles at most or adds four, and takes away what was not wished for in 300 s', () => {
    const replicas = follow(hpa, [...steady(800, 16), ...steady(80, 200)], { replicas: 1 });
    expect(replicas.slice(0, 16)).toEqual([5, 5, 5, 5, 5, 5, 5, 10, 10, 10, 10, 10, 10, 10, 20, 20]);
    expect(replicas[16 + 140]).toBe(20);
    expect(replicas.at(-1)).toBe(10);
  });

  it('is never below one', () => {
    expect(follow(hpa, steady(0, 400), { replicas: 3 }).at(-1)).toBe(1);
  });
});

describe('ours', () => {
  it('is the decision of the product: a calendar keeps a part of the peak in clinic hours', () => {
    expect(follow(ours, steady(0, 400)).at(-1)).toBe(3);
  });

  it('is held by the tolerance of an HPA when KEDA applies it', () => {
    const replicas = follow(oursThroughKeda, steady(88, 200), { replicas: 11, firstSlots: 88 });
    expect(replicas.at(-1)).toBe(11);
    expect(follow(oursThroughKeda, steady(120, 200), { replicas: 11, firstSlots: 88 }).at(-1)).toBe(15);
  });
});

describe('what knows the day', () => {
  const ideal = Float32Array.from({ length: 1_000 }, (_, tick) => (tick >= 500 && tick < 700 ? 80 : 8));

  it('is sized for the busiest five minutes, or ready before they come', () => {
    expect(peak.of(POOL, context({ ideal })).decide({ tick: 0 })).toBe(10);
    const decider = oracle.of(POOL, context({ ideal }));
    expect([300, 400, 699, 700].map((tick) => decider.decide({ tick }))).toEqual([1, 9, 9, 1]);
  });
});
