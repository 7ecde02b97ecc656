import fc from 'fast-check';
import { ReplicaDecider } from './replica-decider';
import { MONDAY_MS, POLICY, policy, PoolInTime, situation, steady } from './testing/pool-in-time';

describe('ReplicaDecider', () => {
  it('has as many replicas as the demand takes at the target, and says so', () => {
    const decision = new PoolInTime(policy()).passAll(steady(40, 120));
    expect(decision).toEqual({ replicas: 5, wanted: 5, mode: 'stable', because: 'demand', warmth: 'hot', floor: 0 });
  });

  it('goes from zero at the first request, before any window knows of it, whatever window and pace say', () => {
    const slow = { stabilizationMs: 300_000, replicas: 0, share: 0, periodMs: 60_000 };
    const decider = new ReplicaDecider(policy({ up: slow }));
    expect(decider.decide(situation({ slots: 1, active: true }))).toMatchObject({ replicas: 1, because: 'demand' });
  });

  it('is at zero only after linger and cooldown', () => {
    const pool = new PoolInTime(policy());
    pool.passAll(steady(5, 60));
    const until = (POLICY.lingerMs + POLICY.cooldownMs) / 1_000;
    expect(pool.passAll(steady(0, until - 1))).toMatchObject({ replicas: 1, because: 'linger', warmth: 'hot' });
    expect(pool.pass(0)).toMatchObject({ replicas: 0, because: 'idle', warmth: 'cold' });
  });

  it('leaves the cooldown to whoever keeps it', () => {
    const decider = new ReplicaDecider(policy({ down: { ...POLICY.down, stabilizationMs: 0 } }));
    for (let second = 0; second < 100; second += 1) decider.observe(MONDAY_MS / 1_000 - 100 + second, 0);
    expect(decider.decide(situation({ replicas: 1, readyReplicas: 1, idleMs: 30_000 }))).toMatchObject({ replicas: 0 });
    expect(decider.decide(situation({ replicas: 1, readyReplicas: 1, idleMs: 29_000, active: true }))).toMatchObject({
      replicas: 1,
      because: 'linger',
    });
  });

  describe('in a panic', () => {
    it('follows the short window at once when demand doubles what is there, within the pace', () => {
      const pool = new PoolInTime(policy());
      pool.passAll(steady(16, 120));
      expect(pool.replicas).toBe(2);
      const decision = pool.passAll(steady(80, 6));
      expect(decision).toMatchObject({ mode: 'panic', wanted: 10, replicas: 6, because: 'pace' });
      expect(pool.passAll(steady(80, 15))).toMatchObject({ mode: 'panic', replicas: 10, because: 'panic' });
    });

    it('takes nothing away until demand has been calm for a stable window', () => {
      const pool = new PoolInTime(policy({ down: { stabilizationMs: 0, replicas: 100, share: 1, periodMs: 1_000 } }));
      pool.passAll(steady(15, 120));
      pool.passAll(steady(80, 20));
      const most = pool.replicas;
      expect(pool.passAll(steady(15, 30))).toMatchObject({ mode: 'panic', replicas: most });
      expect(pool.passAll(steady(15, 120))).toMatchObject({ mode: 'stable', replicas: 2 });
    });

    it('takes nothing away although fewer are there than were ordered, and fewer would do', () => {
      const decider = new ReplicaDecider(policy({ down: { ...POLICY.down, stabilizationMs: 0 } }));
      for (let back = 900; back > 0; back -= 1) decider.observe(MONDAY_MS / 1_000 - back, 80);
      const broken = situation({ slots: 80, active: true, replicas: 20, readyReplicas: 4 });
      expect(decider.decide(broken)).toMatchObject({ mode: 'panic', wanted: 11, replicas: 20, because: 'panic' });
    });

    it('does not order again what is starting', () => {
      const pool = new PoolInTime(policy(), { readyAfterSeconds: 300 });
      // A panic that ready replicas alone could end would last as long as they load, and every spike would be ordered for.
      expect(pool.passAll(steady(64, 290))).toMatchObject({ mode: 'stable', because: 'demand' });
      expect(Math.max(...pool.decisions.map(({ replicas }) => replicas))).toBe(8);
    });
  });

  describe('at its limits', () => {
    it.each([
      [
        'has the least however little is asked',
        policy({ minReplicas: 3 }),
        0,
        { replicas: 3, because: 'least', floor: 3 },
      ],
      ['has no more than the most', policy({ maxReplicas: 4 }), 400, { replicas: 4, because: 'most' }],
      [
        'has what the calendar keeps',
        policy({ floors: [{ days: ['mon'], fromMinute: 600, toMinute: 720, timeZone: 'Europe/Berlin', replicas: 7 }] }),
        0,
        { replicas: 7, because: 'floor', floor: 7 },
      ],
    ])('%s', (_, rules, slots, expected) => {
      expect(new PoolInTime(rules).passAll(steady(slots, 60))).toMatchObject(expected);
    });

    it('takes what is above the most at once, and no more than the windows and the pace allow', () => {
      const decider = new ReplicaDecider(policy({ maxReplicas: 10 }));
      for (let back = 900; back > 0; back -= 1) decider.observe(MONDAY_MS / 1_000 - back, back > 60 ? 80 : 8);
      // One more than allowed, as while a Deployment is rolled out.
      const surging = situation({ slots: 8, active: true, replicas: 11, readyReplicas: 11 });
      expect(decider.decide(surging)).toMatchObject({ wanted: 2, replicas: 10, because: 'window' });
      expect(decider.decide({ ...surging, replicas: 40 })).toMatchObject({ wanted: 2, replicas: 10, because: 'most' });
    });

    it('keeps more than the cold at zero in hours that ask for it, never less', () => {
      const hours = { days: ['mon'] as const, fromMinute: 600, toMinute: 601, timeZone: 'Europe/Berlin' };
      const cool = new ReplicaDecider(policy({ warmHours: [{ ...hours, warmth: 'cool' }] }));
      expect(cool.decide(situation()).warmth).toBe('cool');
      expect(cool.decide(situation({ nowMs: MONDAY_MS + 60_000 })).warmth).toBe('cold');
      const dozing = new ReplicaDecider(policy({ idleWarmth: 'dozing', warmHours: [{ ...hours, warmth: 'cool' }] }));
      expect(dozing.decide(situation()).warmth).toBe('dozing');
    });
  });

  it('takes away only what was not wished for as long as the window is', () => {
    const pool = new PoolInTime(policy());
    pool.passAll(steady(80, 120));
    expect(pool.passAll(steady(40, 200))).toMatchObject({ replicas: 10, wanted: 6, because: 'window' });
    expect(pool.passAll(steady(40, 200)).replicas).toBeLessThan(10);
  });

  it('adds only what was wished for as long as the window is', () => {
    const pool = new PoolInTime(policy({ up: { ...POLICY.up, stabilizationMs: 30_000 }, panicThreshold: 100 }));
    pool.passAll(steady(16, 120));
    expect(pool.passAll(steady(40, 30))).toMatchObject({ replicas: 2, because: 'window' });
    expect(pool.passAll(steady(40, 70))).toMatchObject({ replicas: 5 });
  });

  it('knows after a restart what it would have wished before: it answers as if it had been there', () => {
    const demand = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 900, maxLength: 900 });
    fc.assert(
      fc.property(demand, (slots) => {
        const [old, young] = [new ReplicaDecider(policy()), new ReplicaDecider(policy())];
        const last = situation({ slots: 40, active: true, replicas: 40, readyReplicas: 40 });
        for (const [index, each] of slots.entries()) {
          old.observe(MONDAY_MS / 1_000 - 900 + index, each);
          young.observe(MONDAY_MS / 1_000 - 900 + index, each);
          if (index > 0) old.decide({ ...last, nowMs: MONDAY_MS - 1_000 * (900 - index) });
        }
        expect(young.decide(last)).toEqual(old.decide(last));
      }),
      { numRuns: 20 },
    );
  });

  it('does not take away at once what it knows nothing of', () => {
    const decider = new ReplicaDecider(policy());
    expect(decider.decide(situation({ replicas: 9, readyReplicas: 9 })).replicas).toBe(9);
  });
});
