import { z } from 'zod';
import { parseWith } from '../http/parse-with';

describe('what is wrong with a document', () => {
  it('is told without repeating a long name of its sender', () => {
    const schema = z.record(z.string(), z.number());
    try {
      parseWith(schema, { ['x'.repeat(10_000)]: 'text' });
      throw new Error('it was taken');
    } catch (error) {
      expect((error as Error).message.length).toBeLessThan(200);
      expect(error).toMatchObject({ reason: 'invalid_request', field: 'x'.repeat(128) });
    }
  });
});
