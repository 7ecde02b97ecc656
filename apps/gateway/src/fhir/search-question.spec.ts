import type { ResourceType } from '@medserve/interop';
import { searchQuestion } from './search-question';

const ID = '0197a1b2-0000-7000-8000-000000000001';
const OTHER = '0197a1b2-0000-7000-8000-000000000002';

const asked = (
  query: Record<string, unknown>,
  { isStrict = false, type = 'DiagnosticReport' }: { isStrict?: boolean; type?: ResourceType } = {},
) => searchQuestion(type, query, isStrict);

describe('a search', () => {
  it.each([
    [ID, [{ by: 'result', value: ID }]],
    [`urn:medserve:result|${ID.toUpperCase()}`, [{ by: 'result', value: ID }]],
    [
      `${ID},urn:medserve:result|${OTHER}`,
      [
        { by: 'result', value: ID },
        { by: 'result', value: OTHER },
      ],
    ],
  ])('by the identifier %s is for these results', (identifier, terms) => {
    expect(asked({ identifier }).criteria).toEqual([terms]);
  });

  it.each([
    ['urn:dicom:uid|urn:oid:1.2.3', { by: 'study', value: '1.2.3' }],
    ['urn:oid:1.2.3', { by: 'study', value: '1.2.3' }],
    ['|ACC-1', { by: 'accession', value: 'ACC-1' }],
    ['ACC\\,1', { by: 'accession', value: 'ACC,1' }],
    [ID, { by: 'result', value: ID }],
  ])('of studies by the identifier %s is for what carries it', (identifier, term) => {
    expect(asked({ identifier }, { type: 'ImagingStudy' }).criteria).toEqual([[term]]);
  });

  it.each([
    'urn:medserve:filler|MS8A74',
    'MS8A74',
    'urn:dicom:uid|urn:oid:2.25.1',
    'urn:other|a',
    '|a',
    `${ID},urn:other|a`,
    'urn:medserve:result|',
    'urn:dicom:uid|',
    '|',
  ])('by the identifier %s alone is refused, and says what is searched by', (identifier) => {
    expect(() => asked({ identifier })).toThrow(
      expect.objectContaining({
        reason: 'invalid_request',
        remedy: expect.stringContaining('result-id') as string,
      }) as Error,
    );
    expect(asked({ identifier, 'result-id': ID }).criteria).toHaveLength(2);
  });

  it.each([
    ['DiagnosticReport', 'identifier', 'urn:medserve:result|'],
    ['DiagnosticReport', 'result-id', 'urn:medserve:result|'],
    ['ImagingStudy', 'identifier', 'urn:dicom:uid|'],
  ] as const)('of %s by %s %s is for whatever has this system, of no result or study', (type, name, token) => {
    const { criteria } = asked({ [name]: token, _id: ID }, { type });
    expect(criteria.flat().filter(({ by }) => by !== 'resource')).toEqual([
      { by: 'identifier', system: token.slice(0, -1) },
    ]);
    expect(() => asked({ [name]: token }, { type })).toThrow(
      expect.objectContaining({ reason: 'invalid_request' }) as Error,
    );
  });

  it('of an ImagingStudy by no system and no value is refused alone', () => {
    expect(() => asked({ identifier: '|' }, { type: 'ImagingStudy' })).toThrow(
      expect.objectContaining({ reason: 'invalid_request' }) as Error,
    );
  });

  it.each([
    ['1000', 1_000],
    ['1000000', 1_000],
    ['9'.repeat(400), 1_000],
  ])('for pages of %s has as many as a page holds', (_count, count) => {
    expect(asked({ _id: ID, _count }).count).toBe(count);
  });

  it('takes a place in the pages that is beyond all numbers for one beyond the end', () => {
    expect(asked({ _id: ID, _offset: '1000000' }).offset).toBe(1_000_000);
    expect(Number.isSafeInteger(asked({ _id: ID, _offset: '9'.repeat(400) }).offset)).toBe(true);
  });

  it('takes what is said twice in one way once, and in two ways as both', () => {
    expect(asked({ identifier: [ID, ID] }).criteria).toHaveLength(1);
    expect(asked({ _id: [ID, OTHER], identifier: ID }).criteria).toHaveLength(3);
  });

  it('says which of its parameters were used', () => {
    const { used, count, offset } = asked({ identifier: ID, _count: '5', _offset: '10', _format: 'json' });
    expect([used.toString(), count, offset]).toEqual([`identifier=${ID}&_count=5`, 5, 10]);
  });

  it.each([
    [{}],
    [{ identifier: '' }],
    [{ status: 'final' }],
    [{ identifier: Array.from({ length: 21 }, (_, n) => ID.replace(/..$/, String(10 + n))).join(',') }],
    [{ _id: ID, _count: '-1' }],
    [{ _id: ID, _count: ['1', '2'] }],
    [{ _id: ID, _summary: 'some' }],
    [{ _id: ID, _total: 'all' }],
    // Without its modifier it would say the contrary.
    [{ _id: ID, 'identifier:not': OTHER }],
  ])('by %j is refused', (query) => {
    expect(() => asked(query)).toThrow(expect.objectContaining({ reason: 'invalid_request' }) as Error);
  });

  it('leaves out what it does not know and names it, or refuses it where it is asked to', () => {
    const { used, ignored } = asked({ identifier: ID, status: 'final', _include: 'x' });
    expect([used.toString(), ignored]).toEqual([`identifier=${ID}`, ['status', '_include']]);
    expect(() => asked({ identifier: ID, status: 'final' }, { isStrict: true })).toThrow(
      expect.objectContaining({ reason: 'invalid_request' }) as Error,
    );
  });
});
