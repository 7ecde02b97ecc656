import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestDatabase } from '@medserve/testkit';
import { program } from '../program';

interface Check {
  readonly name: string;
  readonly isGood: boolean;
  readonly found: string;
}

describe('medserve doctor, of a database that is given', () => {
  let home: string;
  const before = { url: process.env['MEDSERVE_DATABASE_URL'], exitCode: process.exitCode };

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'medserve-cli-doctor-'));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    if (before.url === undefined) delete process.env['MEDSERVE_DATABASE_URL'];
    else process.env['MEDSERVE_DATABASE_URL'] = before.url;
    process.exitCode = before.exitCode;
    await rm(home, { recursive: true });
  });

  /** What it finds, and all that it says. */
  async function examined(url: string): Promise<{ database: Check | undefined; said: string }> {
    process.env['MEDSERVE_DATABASE_URL'] = url;
    const said: string[] = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said.push(String(text));
      return true;
    });
    await (await program('doctor')).parseAsync(['node', 'medserve', 'doctor', '--home', home, '--json']);
    const checks = JSON.parse(said.join('')) as Check[];
    return { database: checks.find(({ name }) => name === 'database'), said: said.join('') };
  }

  it.each([
    ['is none', 'postgre://medserve:secret@127.0.0.1:1/x', 'no address such as postgres://'],
    ['nobody is at', 'postgres://medserve:secret@127.0.0.1:1/x', 'ECONNREFUSED'],
  ])('says why an address that %s cannot be used, and not what it is', async (_, url, why) => {
    const { database, said } = await examined(url);
    expect(database).toMatchObject({ isGood: false, found: expect.stringContaining(why) as string });
    expect(said).not.toContain('secret');
    expect(process.exitCode).toBe(1);
  });

  it('says of one that answers that it does', async () => {
    const database = await startTestDatabase();
    try {
      expect((await examined(database.url)).database).toMatchObject({ isGood: true, found: 'answers' });
    } finally {
      await database.close();
    }
  }, 60_000);
});
