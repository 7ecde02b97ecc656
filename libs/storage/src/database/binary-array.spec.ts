import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import fc from 'fast-check';
import { byteaArray, textArray } from './binary-array';

describe('arrays in the binary format', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startTestDatabase();
  }, 60_000);
  afterAll(() => database.close(), 30_000);

  it('are read by PostgreSQL as what they were: bytes, texts, nulls, and nothing at all', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
    // PostgreSQL's texts hold every character but NUL.
    const text = fc.string({ unit: 'binary', maxLength: 40 }).map((drawn) => drawn.replaceAll('\0', ''));
    const lists = fc.tuple(fc.array(fc.option(bytes), { maxLength: 20 }), fc.array(fc.option(text), { maxLength: 20 }));
    await database.superuser((sql) =>
      fc.assert(
        fc.asyncProperty(lists, async ([blobs, texts]) => {
          const { rows } = await sql.query<{ blobs: (Buffer | null)[]; texts: (string | null)[] }>(
            'SELECT $1::bytea[] AS blobs, $2::text[] AS texts',
            [byteaArray(blobs), textArray(texts)],
          );
          expect(rows).toEqual([{ blobs, texts }]);
        }),
        { numRuns: 60 },
      ),
    );
  }, 30_000);
});
