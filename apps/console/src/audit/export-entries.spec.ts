import type { Entry } from './entry';
import { collectPages, csvHead, csvOf, linesOf, MOST_EXPORTED, writtenEntries, writtenFhir } from './export-entries';

const entry = (sequence: number, more: object = {}): Entry => ({
  sequence,
  hash: 'ab',
  event: { id: 'i', at: '2026-11-26T08:00:00.000Z', event: 'result_read', actor: 'key-1', outcome: 'success', ...more },
});

describe('exports', () => {
  it('are tables with a line for each entry, in which nothing is a formula', () => {
    const model = { name: '=HYPERLINK("http://evil","net, 2")', version: '+1', digest: 'd' };
    const [line, ...rest] = csvOf([entry(7, { model, subject: '@SUM(1)', reason: '-2', role: '\tx' })]).split('\r\n');
    expect(rest).toEqual(['']);
    expect(csvHead().trimEnd().split(',')).toHaveLength(16);
    expect(line).toContain(`"'=HYPERLINK(""http://evil"",""net, 2"")"`);
    for (const cell of [`"'+1"`, `"'@SUM(1)"`, `"'-2"`, `"'\tx"`]) expect(line).toContain(`,${cell},`);
    expect(line).toMatch(/^7,2026-11-26T08:00:00.000Z,result_read,success,/);
  });

  it('are lines of JSON that hold no line feed of their own', () => {
    const text = linesOf([entry(1, { subject: 'a\nb' }), entry(2)]);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as Entry).sequence),
    ).toEqual([1, 2]);
  });

  it('are FHIR resources, a line each, with the place of the next page', () => {
    const link = [
      { relation: 'self', url: '/v1/audit/search' },
      { relation: 'next', url: '/v1/audit/search?cursor=7' },
    ];
    const resource = { resourceType: 'AuditEvent', id: 'i' };
    expect(writtenFhir({ link, entry: [{ resource }] })).toEqual({
      text: `${JSON.stringify(resource)}\n`,
      count: 1,
      next: '7',
    });
    expect(writtenFhir({ link: link.slice(0, 1), entry: [] })).toEqual({ text: '', count: 0, next: undefined });
  });

  it('are made of page after page until there is none', async () => {
    const pages = [
      { log: 'l', entries: [entry(3), entry(2)], next: '2' },
      { log: 'l', entries: [entry(1)], next: null },
    ];
    const asked: unknown[] = [];
    const counts: number[] = [];
    const { parts, ...rest } = await collectPages(
      (cursor) => {
        asked.push(cursor);
        return Promise.resolve(writtenEntries(pages[asked.length - 1]!, 'ndjson'));
      },
      (count) => counts.push(count),
    );
    expect([asked, counts, rest]).toEqual([[undefined, '2'], [2, 3], { count: 3, isCut: false }]);
    expect(parts.join('').trimEnd().split('\n')).toHaveLength(3);
  });

  it('end at a bound, and say so', async () => {
    let pages = 0;
    const { count, isCut } = await collectPages(
      () => Promise.resolve({ text: '', count: 1_000, next: String((pages += 1)) }),
      () => undefined,
    );
    expect([count, isCut, pages]).toEqual([MOST_EXPORTED, true, MOST_EXPORTED / 1_000]);
  });
});
