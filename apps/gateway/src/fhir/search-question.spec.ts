import { searchQuestion } from './search-question';

const asked = (query: Record<string, unknown>, lenient = false) => searchQuestion(query, lenient);

describe('a search', () => {
  it.each([
    ['a', ['a']],
    ['urn:medserve:result|a', ['a']],
    ['a,urn:medserve:result|b,a', ['a', 'b']],
    ['urn:other|a', []],
    ['|a', []],
  ])('for %s is for the results %j', (identifier, results) => {
    expect(asked({ identifier }).results).toEqual(results);
  });

  it('says which of its parameters were used', () => {
    const { used, count, offset } = asked({ identifier: 'a', _count: '5', _offset: '10', _format: 'json' });
    expect([used.toString(), count, offset]).toEqual(['identifier=a&_count=5', 5, 10]);
  });

  it.each([
    [{}],
    [{ identifier: '' }],
    [{ identifier: ['a', 'b'] }],
    [{ identifier: Array.from({ length: 21 }, (_, n) => String(n)).join(',') }],
    [{ identifier: 'a', _count: '-1' }],
    [{ identifier: 'a', _count: ['1', '2'] }],
    [{ identifier: 'a', status: 'final' }],
  ])('by %j is refused', (query) => {
    expect(() => asked(query)).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
  });

  it('leaves out what it does not know where it is asked to', () => {
    expect(asked({ identifier: 'a', status: 'final' }, true).used.toString()).toBe('identifier=a');
  });
});
