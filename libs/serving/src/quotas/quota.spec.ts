import { costUnits } from './cost';
import { judgeOutbox } from './outbox-ceiling';
import { bindingQuotas, counts, EACH_CLIENT, limitText, WHOLE_TENANT, type Quota } from './quota';

const quota = (client: string, kind: Quota['kind'] = 'requests', limit = 10): Quota => ({
  tenant: 't',
  client,
  kind,
  limit,
  windowS: kind === 'concurrency' ? 0 : 60,
  exemptsStat: false,
});

describe('the quotas that bind a client', () => {
  it("are the tenant's and its own", () => {
    const binding = bindingQuotas([quota(WHOLE_TENANT), quota('a'), quota('b')], 'a');
    expect(binding.map(({ name, client }) => [name, client])).toEqual([
      ['tenant-requests', WHOLE_TENANT],
      ['client-requests', 'a'],
    ]);
  });

  it('are those of each client, as its own, where it has none of the kind', () => {
    const quotas = [quota(EACH_CLIENT), quota(EACH_CLIENT, 'cost', 5), quota('a', 'requests', 99)];
    expect(bindingQuotas(quotas, 'a').map(({ kind, limit, client }) => [kind, limit, client])).toEqual([
      ['requests', 99, 'a'],
      ['cost', 5, 'a'],
    ]);
    expect(bindingQuotas(quotas, 'b').map(({ limit }) => limit)).toEqual([10, 5]);
  });

  it('count all classes, or all but stat', () => {
    expect(counts(quota('a'), 'stat')).toBe(true);
    expect(counts({ ...quota('a'), exemptsStat: true }, 'stat')).toBe(false);
    expect(counts({ ...quota('a'), exemptsStat: true }, 'urgent')).toBe(true);
  });

  it('are told by name, value and unit', () => {
    expect(bindingQuotas([quota('a'), quota('', 'concurrency')], 'a').map(limitText)).toEqual([
      'tenant-concurrency: 10 requests at once',
      'client-requests: 10 requests in 60 s',
    ]);
  });
});

describe('cost units', () => {
  it.each([
    [0, 1],
    [1, 1],
    [65_536, 1],
    [65_537, 2],
    [512 * 512 * 100, 400],
  ])('of %d elements are %d', (elements, units) => {
    expect(costUnits(elements)).toBe(units);
  });
});

describe('the ceiling of the outbox', () => {
  const CEILING = { events: 100, bytes: 1_000 };
  it.each([
    ['open', 79, 0, 'open'],
    ['open', 80, 0, 'near'],
    ['near', 99, 0, 'near'],
    ['near', 100, 0, 'full'],
    ['near', 0, 1_000, 'full'],
    ['full', 95, 0, 'full'],
    ['full', 94, 0, 'near'],
    ['full', 10, 0, 'open'],
  ] as const)('that was %s, with %d events and %d bytes, is %s', (before, events, bytes, after) => {
    expect(judgeOutbox({ events, bytes }, CEILING, before)).toBe(after);
  });

  it('lets in nothing more at all where it is at it, however it was before', () => {
    for (const before of ['open', 'near', 'full'] as const) {
      expect(judgeOutbox({ events: 101, bytes: 0 }, CEILING, before)).toBe('full');
    }
  });
});
