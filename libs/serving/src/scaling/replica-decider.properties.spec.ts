import fc from 'fast-check';
import type { ScalingPace } from './policy';
import { ReplicaDecider } from './replica-decider';
import { MONDAY_MS, POLICY, policy, PoolInTime, situation, steady } from './testing/pool-in-time';

describe('whatever the demand, a decision', () => {
  const wave = fc.array(
    fc.record({
      slots: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 2_000, noNaN: true })),
      seconds: fc.integer({ min: 1, max: 90 }),
    }),
    { minLength: 1, maxLength: 12 },
  );
  const pace = fc.record({
    stabilizationMs: fc.constantFrom(0, 30_000, 120_000),
    replicas: fc.integer({ min: 0, max: 5 }),
    share: fc.constantFrom(0, 0.1, 0.5, 1),
    periodMs: fc.constantFrom(1_000, 15_000, 60_000),
  });
  const rules = fc
    .record({
      minReplicas: fc.integer({ min: 0, max: 3 }),
      maxReplicas: fc.integer({ min: 3, max: 60 }),
      panicThreshold: fc.constantFrom(1, 2, 10),
      targetUtilization: fc.constantFrom(0.5, 0.8, 1),
      cooldownMs: fc.constantFrom(0, 60_000),
      up: pace,
      down: pace,
    })
    .map(policy);
  const secondsOf = (waves: readonly { slots: number; seconds: number }[]) =>
    waves.flatMap(({ slots, seconds }) => steady(slots, seconds));

  it('is within the limits, and never zero while there is demand', () => {
    fc.assert(
      fc.property(rules, wave, fc.integer({ min: 0, max: 20 }), (chosen, waves, readyAfterSeconds) => {
        const pool = new PoolInTime(chosen, { readyAfterSeconds });
        const wrong = secondsOf(waves).filter((slots) => {
          const { replicas } = pool.pass(slots);
          return replicas < Math.max(chosen.minReplicas, slots > 0 ? 1 : 0) || replicas > chosen.maxReplicas;
        });
        expect(wrong).toEqual([]);
      }),
    );
  });

  it('never breaks the pace: no two moments of a period are further apart than a step', () => {
    fc.assert(
      fc.property(rules, wave, (chosen, waves) => {
        const pool = new PoolInTime(chosen);
        const seen = [0, ...secondsOf(waves).map((slots) => pool.pass(slots).replicas)];
        const period = (now: number, { periodMs }: ScalingPace) =>
          seen.slice(Math.max(0, now - periodMs / 1_000), now + 1);
        const steps = seen.map((replicas, now) => {
          const least = Math.min(...period(now, chosen.up));
          const most = Math.max(...period(now, chosen.down));
          // The least and the first one are there at once.
          const up = Math.max(
            least + chosen.up.replicas,
            Math.ceil(least * (1 + chosen.up.share)),
            chosen.minReplicas,
            1,
          );
          const down = Math.min(most - chosen.down.replicas, Math.floor(most * (1 - chosen.down.share)));
          return { now, isTooFar: replicas > up || replicas < down };
        });
        expect(steps.filter(({ isTooFar }) => isTooFar)).toEqual([]);
      }),
    );
  });

  it('is never fewer replicas for more demand', () => {
    const factors = fc.double({ min: 1, max: 3, noNaN: true });
    fc.assert(
      fc.property(rules, wave, factors, fc.nat(40), (chosen, waves, factor, replicas) => {
        const [light, heavy] = [new ReplicaDecider(chosen), new ReplicaDecider(chosen)];
        const pairs = secondsOf(waves).map((slots, index) => {
          light.observe(MONDAY_MS / 1_000 + index, slots);
          heavy.observe(MONDAY_MS / 1_000 + index, slots * factor);
          const nowMs = MONDAY_MS + 1_000 * (index + 1);
          const same = situation({ nowMs, replicas, readyReplicas: replicas, active: slots > 0 });
          return { less: light.decide({ ...same, slots }), more: heavy.decide({ ...same, slots: slots * factor }) };
        });
        expect(pairs.filter(({ less, more }) => more.replicas < less.replicas)).toEqual([]);
      }),
    );
  });

  it('is the same for the same seconds, told by one router or by three, in whatever groups', () => {
    const parts = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 800_000 }),
        fc.integer({ min: 0, max: 800_000 }),
        fc.integer({ min: 0, max: 800_000 }),
      ),
      {
        minLength: 30,
        maxLength: 120,
      },
    );
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 30 }), (seconds, group) => {
        const [one, three] = [new ReplicaDecider(policy()), new ReplicaDecider(policy())];
        let replicas = 0;
        for (let from = 0; from < seconds.length; from += group) {
          const told = seconds.slice(from, from + group);
          const at = (index: number) => MONDAY_MS / 1_000 + from + index;
          for (const [index, [a, b, c]] of told.entries()) one.observe(at(index), (a + b + c) / 1_000);
          for (const router of [2, 0, 1])
            for (const [index, all] of told.entries()) three.observe(at(index), all[router]! / 1_000);
          const now = situation({
            nowMs: MONDAY_MS + 1_000 * (from + told.length),
            slots: 1,
            active: true,
            replicas,
            readyReplicas: replicas,
          });
          const decision = one.decide(now);
          expect(three.decide(now)).toEqual(decision);
          replicas = decision.replicas;
        }
      }),
    );
  });

  it('stays where it is under noise of a few per cent: it does not go up and down', () => {
    const noise = fc.array(fc.double({ min: -0.04, max: 0.04, noNaN: true }), { minLength: 30, maxLength: 60 });
    fc.assert(
      fc.property(fc.double({ min: 1, max: 700, noNaN: true }), noise, (level, wobble) => {
        const pool = new PoolInTime(policy({ down: { ...POLICY.down, stabilizationMs: 0 } }));
        pool.passAll(steady(level, 200));
        const settled = pool.replicas;
        const noisy = Array.from({ length: 600 }, (_, index) => level * (1 + wobble[index % wobble.length]!));
        const after = noisy.map((slots) => pool.pass(slots).replicas);
        expect(after.filter((replicas, index) => replicas < after[Math.max(0, index - 1)]!)).toEqual([]);
        expect(Math.max(...after) - settled).toBeLessThanOrEqual(Math.ceil(settled * 0.05));
      }),
      { numRuns: 30 },
    );
  });
});
