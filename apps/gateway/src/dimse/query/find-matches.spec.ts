import type { ArchiveQuery } from '@medserve/archive';
import { findMatches } from './find-matches';

describe('what an identifier is matched by', () => {
  it('is no lone asterisk, whatever the attribute, but where it is an id', async () => {
    const asked: ArchiveQuery[] = [];
    const archive = {
      query: (query: ArchiveQuery) => {
        asked.push(query);
        return Promise.resolve({ rows: [], isCut: false, ignored: [] });
      },
    };
    const keys = [
      { tag: 0x00080020, vr: 'DA', value: '*' },
      { tag: 0x00080030, vr: 'TM', value: '' },
      { tag: 0x00100020, vr: 'LO', value: '*', isExact: true },
      { tag: 0x00100010, vr: 'PN', value: 'A*' },
      { tag: 0x00400275, vr: 'SQ', value: '', items: [{ tag: 0x00401001, vr: 'SH', value: 'RP1' }] },
    ];
    const found = findMatches(archive, 'home', { level: 'STUDY', keys }, new AbortController().signal);
    expect(await found.next()).toMatchObject({ done: true });
    expect(asked.map(({ match }) => match)).toEqual([
      [
        { tag: 0x00100020, value: '*', isExact: true },
        { tag: 0x00100010, value: 'A*' },
        { sequence: 0x00400275, tag: 0x00401001, value: 'RP1' },
      ],
    ]);
  });
});
