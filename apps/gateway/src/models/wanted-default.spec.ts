import { expectedRevision, newDefaultSchema } from './wanted-default';

describe('a wanted default version', () => {
  it.each([[{ version: '1' }], [{ version: null }], [{ version: '12', expected: 0 }]])('may be %j', (body) => {
    expect(newDefaultSchema.parse(body)).toEqual(body);
  });

  it.each([
    [{}],
    [{ version: 1 }],
    [{ version: 'latest' }],
    [{ version: '1', expected: -1 }],
    [{ version: '1', more: 1 }],
  ])('may not be %j', (body) => {
    expect(newDefaultSchema.safeParse(body).success).toBe(false);
  });

  it.each([
    [undefined, undefined, undefined],
    [undefined, 3, 3],
    ['"4"', undefined, 4],
    ['"4"', 3, 4],
    ['*', undefined, undefined],
  ])('with If-Match %s and expected %s is for revision %s', (header, expected, revision) => {
    expect(expectedRevision(header, expected)).toBe(revision);
  });

  it.each(['4', 'W/"4"', '"a"', '"1", "2"'])('is refused with the tag %s', (header) => {
    expect(() => expectedRevision(header, undefined)).toThrow(/If-Match/);
  });
});
