import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import fc from 'fast-check';
import { byteaArray, textArray, uuidArray } from './binary-array';

describe('arrays in the binary format', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startTestDatabase();
  }, 60_000);
  afterAll(() => database.close(), 30_000);

  it('are read by PostgreSQL as what they were: bytes, texts, ids, nulls, and nothing at all', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
    // PostgreSQL's texts hold every character but NUL.
    const text = fc.string({ unit: 'binary', maxLength: 40 }).map((drawn) => drawn.replaceAll('\0', ''));
    const listOf = <T>(element: fc.Arbitrary<T>) => fc.array(fc.option(element), { maxLength: 20 });
    const lists = fc.tuple(listOf(bytes), listOf(text), listOf(fc.uuid()));
    await database.superuser((sql) =>
      fc.assert(
        fc.asyncProperty(lists, async ([blobs, texts, ids]) => {
          const { rows } = await sql.query(
            'SELECT $1::bytea[] AS blobs, $2::text[] AS texts, $3::uuid[]::text[] AS ids',
            [byteaArray(blobs), textArray(texts), uuidArray(ids)],
          );
          expect(rows).toEqual([{ blobs, texts, ids }]);
        }),
        { numRuns: 60 },
      ),
    );
  }, 30_000);
});
