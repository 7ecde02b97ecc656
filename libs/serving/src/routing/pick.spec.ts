import fc from 'fast-check';
import type { Candidate, Situation } from './candidate';
import { filtersFor, isAble } from './filters';
import { explain, pickReplica } from './pick';
import { hashText, rendezvousWeight } from './rendezvous';

const DIGEST = 'sha256:a';
const candidate = (pod: string, more: Partial<Candidate> = {}): Candidate => ({
  pod,
  podHash: hashText(pod),
  reachable: true,
  digest: DIGEST,
  state: 'ready',
  link: 'up',
  inFlight: 0,
  limit: 4,
  capacity: 1,
  ejectedUntilMs: 0,
  latencyMs: 0,
  ...more,
});
const situation = (more: Partial<Situation> = {}): Situation => ({
  nowMs: 1_000,
  digest: DIGEST,
  affinity: undefined,
  expectedWaitMs: 0,
  expectedLoadMs: Number.POSITIVE_INFINITY,
  ...more,
});
const DRAWS = [0, 0.3, 0.6, 0.99];
const picks = (candidates: readonly Candidate[], more: Partial<Situation> = {}) =>
  new Set(DRAWS.map((draw) => pickReplica(candidates, situation(more), () => draw)?.pod));

describe('the filters', () => {
  it.each<[string, Partial<Candidate>, Partial<Situation>]>([
    ['unreachable', { reachable: false }, {}],
    ['other_digest', { digest: 'sha256:b' }, {}],
    ['unloaded', { state: 'unloaded' }, {}],
    ['broken', { state: 'broken' }, {}],
    ['ejected', { ejectedUntilMs: 1_001 }, {}],
    ['opening', { link: 'opening' }, {}],
    ['full', { inFlight: 4 }, {}],
    ['not_worth_loading', { link: 'none', state: 'cold' }, { expectedWaitMs: 10, expectedLoadMs: 10 }],
  ])('leave out who is %s, and say so', (name, more, where) => {
    const candidates = [candidate('good'), candidate('bad', more)];
    expect(picks(candidates, where)).toEqual(new Set(['good']));
    expect(explain(candidates, situation(where))[1]).toEqual({ pod: 'bad', filteredBy: name });
  });

  it('let a further replica be loaded when those that serve have no place for longer than that takes', () => {
    const candidates = [candidate('busy', { inFlight: 4 }), candidate('cold', { link: 'none', state: 'cold' })];
    expect(picks(candidates, { expectedWaitMs: 500, expectedLoadMs: 400 })).toEqual(new Set(['cold']));
    expect(picks(candidates, { expectedWaitMs: 300, expectedLoadMs: 400 })).toEqual(new Set([undefined]));
  });

  it('let the cold ones be loaded when nobody serves', () => {
    const cold = candidate('cold', { link: 'none', state: 'cold' });
    expect(picks([cold], { expectedWaitMs: undefined })).toEqual(new Set(['cold']));
  });

  it('do not call a replica full by what a host is busy with that is not connected any more', () => {
    expect(picks([candidate('reloaded', { link: 'none', inFlight: 4 })])).toEqual(new Set(['reloaded']));
  });

  it('hold no ejection against anybody when all who are able are ejected', () => {
    const candidates = [
      candidate('a', { ejectedUntilMs: 2_000 }),
      candidate('b', { ejectedUntilMs: 2_000, reachable: false }),
    ];
    expect(picks(candidates)).toEqual(new Set(['a']));
  });
});

const anyCandidate = fc.record<Candidate>({
  pod: fc.uuid(),
  podHash: fc.nat(),
  reachable: fc.boolean(),
  digest: fc.constantFrom(DIGEST, 'sha256:b'),
  state: fc.constantFrom('cold', 'loading', 'ready', 'broken', 'unloaded'),
  link: fc.constantFrom('up', 'opening', 'none'),
  inFlight: fc.nat(8),
  limit: fc.integer({ min: 1, max: 8 }),
  capacity: fc.integer({ min: 1, max: 8 }),
  ejectedUntilMs: fc.constantFrom(0, 2_000),
  latencyMs: fc.constantFrom(0, 5, 50),
});
const pools = fc.array(anyCandidate, { maxLength: 6 });
const anySituation = fc.record({
  affinity: fc.option(fc.nat(), { nil: undefined }),
  expectedWaitMs: fc.option(fc.nat(100), { nil: undefined }),
  expectedLoadMs: fc.nat(100),
});
const draw = fc.double({ min: 0, max: 0.999_999, noNaN: true });

describe('pickReplica', () => {
  it('gives somebody exactly when the filters leave somebody, and never one that they leave out', () => {
    fc.assert(
      fc.property(pools, anySituation, draw, (candidates, more, value) => {
        const where = situation(more);
        const filteredBy = filtersFor(candidates, where);
        const left = candidates.filter((one) => filteredBy(one) === undefined);
        const picked = pickReplica(candidates, where, () => value);
        expect(picked === undefined).toBe(left.length === 0);
        if (picked) expect(left).toContain(picked);
      }),
    );
  });

  it('gives a connected one whenever the filters leave one', () => {
    fc.assert(
      fc.property(pools, anySituation, draw, (candidates, more, value) => {
        const where = situation(more);
        const filteredBy = filtersFor(candidates, where);
        const isUp = candidates.some((one) => one.link === 'up' && filteredBy(one) === undefined);
        if (isUp) expect(pickReplica(candidates, where, () => value)?.link).toBe('up');
      }),
    );
  });

  it('never leaves a request without a replica because of ejections alone', () => {
    fc.assert(
      fc.property(pools, draw, (candidates, value) => {
        const idle = candidates.map((one) => ({ ...one, link: 'up' as const, inFlight: 0 }));
        const picked = pickReplica(idle, situation(), () => value);
        expect(picked !== undefined).toBe(idle.some((one) => isAble(one, situation())));
      }),
    );
  });

  it('takes the less loaded of two, relative to what each takes at once', () => {
    const small = candidate('small', { inFlight: 2, capacity: 1 });
    const large = candidate('large', { inFlight: 3, capacity: 4 });
    expect(picks([small, large])).toEqual(new Set(['large']));
  });

  it('takes the quicker of two that are equally loaded', () => {
    expect(picks([candidate('slow', { latencyMs: 90 }), candidate('quick', { latencyMs: 30 })])).toEqual(
      new Set(['quick']),
    );
  });

  it('draws two different ones, so that the most loaded of three is never taken', () => {
    const three = [1, 2, 3].map((inFlight) => candidate(String(inFlight), { inFlight }));
    const taken = DRAWS.flatMap((first) =>
      DRAWS.map((second) => {
        const values = [first, second];
        return pickReplica(three, situation(), () => values.shift() ?? 0)?.pod;
      }),
    );
    expect(new Set(taken)).toEqual(new Set(['1', '2']));
  });
});

describe('affinity', () => {
  const pool = ['a', 'b', 'c', 'd'].map((pod) => candidate(pod, { limit: 100 }));
  const keys = Array.from({ length: 200 }, (_, index) => hashText(`image ${String(index)}`));
  const homeOf = (candidates: readonly Candidate[], key: number) => {
    const homes = picks(candidates, { affinity: key });
    expect(homes.size).toBe(1);
    return [...homes][0];
  };

  it('brings requests of one key to one replica, and keys to all of them', () => {
    const homes = keys.map((key) => homeOf(pool, key));
    for (const { pod } of pool) expect(homes.filter((home) => home === pod).length).toBeGreaterThan(20);
  });

  it('moves only the keys of a replica that goes', () => {
    const [gone, ...left] = pool;
    for (const key of keys) {
      const before = homeOf(pool, key);
      if (before !== gone?.pod) expect(homeOf(left, key)).toBe(before);
    }
  });

  it('comes before load, as long as the replica has no more than its bounded share', () => {
    const key = keys[0] as number;
    const home = homeOf(pool, key);
    const at = (inFlight: number, others: number) =>
      pool.map((one) => ({ ...one, inFlight: one.pod === home ? inFlight : others }));
    expect(homeOf(at(10, 9), key)).toBe(home);
    expect(homeOf(at(20, 0), key)).not.toBe(home);
  });

  it('does not come before a replica that has the model loaded', () => {
    const key = keys[0] as number;
    const home = homeOf(pool, key);
    const cold = pool.map((one) => (one.pod === home ? { ...one, link: 'none' as const } : one));
    expect(homeOf(cold, key)).not.toBe(home);
  });
});

describe('rendezvousWeight', () => {
  it('spreads neighbouring keys and places over the whole range', () => {
    const weights = Array.from({ length: 1_000 }, (_, key) => rendezvousWeight(key, 7));
    const upper = weights.filter((weight) => weight > 0x7fffffff).length;
    expect(upper).toBeGreaterThan(400);
    expect(upper).toBeLessThan(600);
    expect(new Set(weights).size).toBe(1_000);
  });
});

describe('explain', () => {
  it('gives the weighted scores of those who could have been chosen', () => {
    expect(explain([candidate('a', { inFlight: 1 })], situation())).toEqual([
      { pod: 'a', scores: { warm: 32, affinity: 0, load: 1, latency: 0.5 } },
    ]);
  });
});
