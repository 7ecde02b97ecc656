import { startTestServer, type TestServer } from '@medserve/testkit';
import { live } from './testing/live';
import { TENANTS } from './testing/tenants';

/** Of each tenant. The full size: `MEDSERVE_TEST_ISOLATION=100000 npx jest libs/storage/src/isolation --selectProjects unit`. */
const OPERATIONS = Number(process.env['MEDSERVE_TEST_ISOLATION'] ?? 500);
const SEED = Number(process.env['MEDSERVE_TEST_SEED'] ?? 20_261_125);

describe('eight tenants over one pool of four connections', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.stop(), 30_000);

  it(
    `never see a row of one another in ${String(OPERATIONS)} random operations each`,
    async () => {
      const beganAt = performance.now();
      const world = await live(server, { operations: OPERATIONS, seed: SEED });
      expect(world.violations.slice(0, 20)).toEqual([]);
      expect(world.operations).toBeGreaterThanOrEqual(OPERATIONS * TENANTS.length);
      if (OPERATIONS > 500) {
        const seconds = ((performance.now() - beganAt) / 1_000).toFixed(0);
        console.log(`${String(world.operations)} operations in ${seconds} s, ${String(world.lost)} of them cut off`);
      }
    },
    60_000 + OPERATIONS * 40,
  );

  it.each([
    [
      'a tenant named for the session and not for the transaction',
      `DO $$ DECLARE text text; BEGIN
        FOR text IN SELECT pg_get_functiondef(oid) FROM pg_proc WHERE prosrc LIKE '%medserve.tenant%' LOOP
          EXECUTE replace(text, '::text, true)', '::text, false)');
        END LOOP;
      END $$`,
    ],
    [
      'a policy that lets a gateway see every row',
      `DROP POLICY own_rows ON request; CREATE POLICY own_rows ON request TO medserve_gateway USING (true)`,
    ],
  ])(
    'would be seen here to do so, were there %s',
    async (_, weakened) => {
      expect((await live(server, { operations: 80, seed: SEED, weakened })).violations).not.toEqual([]);
    },
    60_000,
  );

  it('would name each table of which a gateway saw every row', async () => {
    const tables = ['job', 'review', 'sign_in_session', 'sign_in_code'];
    const open = (table: string): string =>
      `DROP POLICY own_rows ON ${table}; CREATE POLICY own_rows ON ${table} TO medserve_gateway USING (true);`;
    const { violations } = await live(server, { operations: 320, seed: SEED, weakened: tables.map(open).join('') });
    const said = violations.join('\n');
    expect(tables.filter((table) => !said.includes(`${table} of `))).toEqual([]);
  }, 60_000);
});
