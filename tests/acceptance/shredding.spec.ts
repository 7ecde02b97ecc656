import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withConnection } from '@medserve/storage';
import { dicomFile, image } from '@medserve/testkit';
import { Caller } from '../support/caller';
import { Platform, runMedserve, until, type Said } from '../support/platform';
import { ctStudy, stow } from '../support/studies';

const SIDE = 32;

/** A CT slice of a patient; `seed` makes its pixels differ. */
function slice(patientId: string | undefined, seed = 0): Buffer {
  const pixels = Buffer.alloc(SIDE * SIDE * 2, 24);
  pixels.writeUInt16LE(1000 + seed, SIDE * SIDE);
  return dicomFile(
    image(SIDE, SIDE, {
      0x00080016: ['UI', '1.2.840.10008.5.1.4.1.1.2'],
      0x00080060: ['CS', 'CT'],
      ...(patientId === undefined ? {} : { 0x00100020: ['LO', patientId], 0x0020000d: ['UI', '1.2.3.4.5'] }),
      0x00281052: ['DS', -1024],
      0x00281053: ['DS', 1],
      0x7fe00010: ['OW', pixels],
    }),
  );
}

describe('stored answers', () => {
  let platform: Platform;
  let caller: Caller;

  beforeAll(async () => {
    platform = await Platform.start({ shape: 'single' });
    caller = new Caller(platform.ready);
  }, 120_000);
  afterAll(() => platform.remove(), 60_000);

  const privacy = (...parameters: string[]): Promise<Said> =>
    runMedserve('privacy', ...parameters, '--home', platform.ready.home);

  const verify = async (): Promise<{ readonly status: number | null; readonly verdict: unknown }> => {
    const { status, stdout } = await runMedserve('audit', 'verify', '--json', '--home', platform.ready.home);
    return { status, verdict: JSON.parse(stdout) as unknown };
  };

  async function sql<T>(text: string, values: unknown[] = []): Promise<T[]> {
    const running = JSON.parse(readFileSync(join(platform.ready.home, 'running.json'), 'utf8')) as {
      databaseUrl: string;
    };
    return withConnection(running.databaseUrl, async (connection) => (await connection.query<T>(text, values)).rows);
  }

  async function ask(file: Buffer, headers: Record<string, string> = {}): Promise<{ id: string; bytes: Buffer }> {
    const { status, json, bytes } = await caller.infer(file, 'application/dicom', {}, headers);
    expect(status).toBe(200);
    return { id: String(json['id']), bytes };
  }

  const read = (id: string): ReturnType<Caller['call']> => caller.call(`/v1/results/${id}`);

  it('are sealed where they lie, and read back byte for byte', async () => {
    const { id, bytes } = await ask(slice('P-1'));
    const [row] = await sql<{ result: Buffer }>('SELECT result FROM request WHERE id = $1', [id]);
    expect(row?.result.includes('classification')).toBe(false);
    expect(row?.result.length).toBeGreaterThan(bytes.length);
    expect((await read(id)).bytes.equals(bytes)).toBe(true);
  }, 60_000);

  it('are in the records of a patient whom the operator’s secret alone can name', async () => {
    const { id } = await ask(slice('P-2'));
    expect(await caller.events(id)).toEqual(['accepted', 'completed']);
    const leaves = await sql<{ leaf: string }>(
      `SELECT convert_from(leaf, 'UTF8') AS leaf FROM ledger_entry WHERE request = $1 ORDER BY index`,
      [id],
    );
    const records = leaves.map(({ leaf }) => JSON.parse(leaf) as Record<string, unknown>);
    const { stdout } = await privacy('hash', '--patient', 'P-2');
    expect(records.map((record) => record['patient'])).toEqual([stdout.trim(), stdout.trim()]);
    expect(records[0]?.['study']).toMatch(/^[0-9a-f]{64}$/);
    expect(records[1]).toMatchObject({
      event: 'completed',
      decision: expect.stringMatching(/^(answered|abstained)$/) as string,
    });
  }, 60_000);

  it('of a patient are gone once they are shredded, of others they stay, and the log stays whole', async () => {
    const [gone, alsoGone, stays] = [await ask(slice('P-3')), await ask(slice('P-3', 1)), await ask(slice('P-4'))];
    expect((await privacy('shred', '--patient', 'P-3')).stderr).toContain('--yes');
    expect(await privacy('shred', '--patient', 'P-3', '--yes')).toMatchObject({ status: 0 });
    for (const { id } of [gone, alsoGone]) {
      await until('the answer is gone', async () => (await read(id)).status === 410);
      expect((await read(id)).json).toMatchObject({ code: 'result_shredded' });
      expect(await caller.events(id)).toEqual(['accepted', 'completed']);
    }
    expect((await read(stays.id)).bytes.equals(stays.bytes)).toBe(true);
    expect(await verify()).toMatchObject({ status: 0, verdict: { problems: [], shredded: 2 } });
    const said = await privacy('shred', '--patient', 'P-3', '--yes');
    expect(said.stdout).toContain('nothing is stored');
  }, 120_000);

  it('of who shows whom nobody said are shredded by the month, if that is what is wanted', async () => {
    const { id } = await ask(slice(undefined));
    const refused = await privacy('shred', '--request', id, '--yes');
    expect(refused).toMatchObject({ status: 1 });
    expect(refused.stderr).toContain('--whole-month');
    const keyed = await ask(slice(undefined, 1), { 'x-medserve-patient-key': 'sender-17' });
    expect(await privacy('shred', '--request', keyed.id, '--yes')).toMatchObject({ status: 0 });
    await until('the answer is gone', async () => (await read(keyed.id)).status === 410);
    expect((await read(id)).status).toBe(200);
    expect(await privacy('shred', '--request', id, '--whole-month', '--yes')).toMatchObject({ status: 0 });
    await until('the answer is gone', async () => (await read(id)).status === 410);
  }, 120_000);

  it('and images of whoever a study shows go, on record, though the study began with another id and nothing was asked', async () => {
    const { studyUid, slices } = ctStudy(2);
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = slices;
    const corrected = Buffer.from(second.toString('latin1').replaceAll('MRN4471029', 'MRN4471030'), 'latin1');
    for (const one of [first, corrected]) expect((await stow(caller, [one])).status).toBe(200);
    const said = await privacy('shred', '--patient', 'MRN4471030', '--yes');
    expect(said).toMatchObject({ status: 0 });
    expect(said.stdout).toMatch(/^no answer is stored of patient:[0-9a-f]{64}\nremoved from the archive: 1 studies$/m);
    expect((await caller.call(`/dicom-web/studies/${studyUid}/metadata`)).status).toBe(404);
    const { stdout } = await privacy('hash', '--patient', 'MRN4471030');
    const subject = `patient:${stdout.trim()}`;
    const { json } = await caller.call(`/v1/audit?event=content_shredded&subject=${subject}`);
    expect(json['entries']).toMatchObject([{ event: { event: 'content_shredded', subject } }]);
    expect(await verify()).toMatchObject({ status: 0, verdict: { problems: [] } });
  }, 60_000);

  it('are not shredded while a legal hold is on the patient', async () => {
    const { id, bytes } = await ask(slice('P-5'));
    const { stdout } = await privacy('hash', '--patient', 'P-5');
    await sql(
      `INSERT INTO legal_hold (id, tenant, patient, reason, placed_by) VALUES (gen_random_uuid(), 'home', $1, 'case-1', 'lawyer')`,
      [stdout.trim()],
    );
    const refused = await privacy('shred', '--patient', 'P-5', '--yes');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('legal hold');
    expect((await read(id)).bytes.equals(bytes)).toBe(true);
  }, 60_000);
});
