import { Sampler, type SamplerRules } from './sampler';
import type { TraceContext } from './trace-context';

const sampler = (rules: Partial<SamplerRules>) =>
  new Sampler({ sampler: 'parentbased_always_on', ratio: 1, callersPerSecond: 3, ...rules });
const caller = (sampled: boolean, traceId = 'a'.repeat(32)): TraceContext => ({
  traceId,
  spanId: 'b'.repeat(16),
  sampled,
});

describe('which requests are traced', () => {
  it.each([
    ['always_on', true],
    ['always_off', false],
    ['parentbased_always_on', true],
    ['parentbased_always_off', false],
  ] as const)('%s: of those that nobody spoke for', (name, isTraced) => {
    expect(sampler({ sampler: name }).samples(undefined, 0)).toBe(isTraced);
  });

  it('a caller that does not keep its trace is believed, and only where callers are heard', () => {
    expect(sampler({}).samples(caller(false), 0)).toBe(false);
    expect(sampler({ sampler: 'always_on' }).samples(caller(false), 0)).toBe(true);
  });

  it('callers that keep theirs are believed so many times a second', () => {
    const some = sampler({ sampler: 'parentbased_always_off' });
    const traced = (atMs: number) => [1, 2, 3, 4, 5].filter(() => some.samples(caller(true), atMs)).length;
    expect(traced(0)).toBe(3);
    expect(traced(0)).toBe(0);
    expect(traced(1_000)).toBe(3);
    expect(traced(1_334)).toBe(1);
    expect(traced(60_000)).toBe(3);
  });

  it('beyond that theirs have the chance of all others', () => {
    const some = sampler({ callersPerSecond: 0 });
    expect(some.samples(caller(true), 0)).toBe(true);
  });

  it('of a share, the same traces are kept by all who see them', () => {
    const half = sampler({ sampler: 'traceidratio', ratio: 0.5 });
    expect(half.samples(caller(true, `${'0'.repeat(18)}${'7'.repeat(14)}`), 0)).toBe(true);
    expect(half.samples(caller(true, `${'0'.repeat(18)}${'9'.repeat(14)}`), 0)).toBe(false);
    expect(sampler({ sampler: 'traceidratio', ratio: 0 }).samples(undefined, 0)).toBe(false);
    expect(sampler({ sampler: 'traceidratio', ratio: 1 }).samples(undefined, 0)).toBe(true);
  });
});
