import { parseWith } from '../http/parse-with';
import { querySchema, searchSchema } from './audit-search';

describe.each([
  ['in an address', querySchema],
  ['in a body', searchSchema],
])('a search of the log %s', (_where, schema) => {
  it.each([
    ['model', { model: 'net\u0000' }],
    ['subject', { subject: 'key:\u0007' }],
    ['subject', { subject: '' }],
    ['from', { from: '0000-01-01T00:00:00Z' }],
    ['to', { to: '1969-12-31T23:59:59Z' }],
  ])('is refused for what no entry can have, naming %s', (field, asked) => {
    expect(() => parseWith(schema, asked)).toThrow(
      expect.objectContaining({ reason: 'invalid_request', field }) as Error,
    );
  });

  it('takes the names of models in any script', () => {
    expect(parseWith(schema, { model: 'r\u00f6ntgen 1', from: '2026-11-01T00:00:00Z' })).toMatchObject({
      model: 'r\u00f6ntgen 1',
    });
  });
});
