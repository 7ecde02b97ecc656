import { uidIn } from './uid-in-query';

const uidOf = (query: Readonly<Record<string, string | string[]>>): string | undefined =>
  uidIn(query, ['workitem', 'AffectedSOPInstanceUID'], 'workitem');

describe('a UID in a query', () => {
  it('stands alone, or by its name', () => {
    expect(uidOf({ '1.2.3': '' })).toBe('1.2.3');
    expect(uidOf({ workitem: '1.2.3' })).toBe('1.2.3');
    expect(uidOf({ AffectedSOPInstanceUID: '1.2.3' })).toBe('1.2.3');
    expect(uidOf({ foo: '', '1.2.3': '' })).toBe('1.2.3');
    expect(uidOf({})).toBeUndefined();
    expect(uidOf({ accept: 'application/dicom+json' })).toBeUndefined();
  });

  it.each([
    ['a lone word', { abc: '' }],
    ['a lone UID that is none', { '1..2': '' }],
    ['a lone UID twice', { '1.2.3': ['', ''] }],
    ['one of two lone UIDs', { '1.2.3': '', '1.2.4': '' }],
    ['a lone word twice', { abc: ['', ''] }],
    ['a name without a UID', { workitem: '' }],
    ['a name with something else', { workitem: 'abc' }],
    ['a name twice', { workitem: ['1.2', '1.3'] }],
  ])('is not %s', (_what, query) => {
    expect(() => uidOf(query)).toThrow(
      expect.objectContaining({ reason: 'invalid_request', field: 'workitem' }) as Error,
    );
  });
});
