import { randomUUID } from 'node:crypto';
import type { NewInstance } from '@medserve/archive';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';

const DURABLE = Promise.resolve();
const [HELD, OTHER] = ['a'.repeat(64), 'b'.repeat(64)];
/** Everything is unchanged since then. */
const LATER = new Date('2100-01-01T00:00:00Z');

const instance = (studyUid: string, patient?: string, number = 1): NewInstance => ({
  tenant: 'home',
  studyUid,
  seriesUid: `${studyUid}.1`,
  sopInstanceUid: `${studyUid}.1.${String(number)}`,
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
  bytes: 1_000,
  sha256: 'c'.repeat(64),
  door: 'dimse',
  receivedAt: new Date(),
  file: randomUUID(),
  dataSetOffset: 300,
  sender: 'SCANNER',
  batch: 'batch-1',
  patient,
  attributes: { study: { '00100020': { vr: 'LO', Value: ['P-1'] } }, series: {}, instance: {} },
});

describe('studies whose time is over', () => {
  let database: TestDatabase;
  let storage: Storage;
  let owner: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec', role: 'gateway' });
    owner = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec-owner' });
  }, 60_000);
  beforeEach(async () => {
    await database.superuser((sql) =>
      sql.query('TRUNCATE dicom_study, dicom_series, dicom_instance, dicom_batch, legal_hold'),
    );
    await database.superuser((sql) => sql.query('TRUNCATE study_generation CASCADE'));
    for (const [study, patient] of [
      ['1.1', HELD],
      ['1.2', OTHER],
      ['1.3', undefined],
    ] as const)
      await storage.archive.add(instance(study, patient), DURABLE);
  });
  afterAll(async () => {
    await storage.close();
    await owner.close();
    await database.close();
  }, 30_000);

  const hold = async (tenant: string, patient?: string): Promise<string> => {
    const id = randomUUID();
    await database.superuser((sql) =>
      sql.query(`INSERT INTO legal_hold (id, tenant, patient, reason, placed_by) VALUES ($1, $2, $3, 'court', 'x')`, [
        id,
        tenant,
        patient,
      ]),
    );
    return id;
  };
  const over = async (): Promise<string[]> => (await storage.archive.unchangedStudies('home', LATER, 10)).sort();

  it('stay while their patient is on hold, and so does a study of which nobody said whom it shows', async () => {
    expect(await over()).toEqual(['1.1', '1.2', '1.3']);
    const id = await hold('home', HELD);
    expect(await over()).toEqual(['1.2']);
    const removal = { tenant: 'home', studyUid: '1.1', leavesTrace: true, unchangedSince: LATER };
    expect(await storage.archive.remove(removal)).toEqual([]);
    await database.superuser((sql) =>
      sql.query('UPDATE legal_hold SET released_at = now(), released_by = $2 WHERE id = $1', [id, 'x']),
    );
    expect(await over()).toEqual(['1.1', '1.2', '1.3']);
    expect(await storage.archive.remove(removal)).toHaveLength(1);
  });

  it('are of all whom their instances show: an id may be corrected while a study is taken', async () => {
    await storage.archive.add(instance('1.2', HELD, 2), DURABLE);
    await storage.archive.add(instance('1.3', OTHER, 2), DURABLE);
    // In one commit, too.
    await Promise.all([OTHER, HELD].map((patient, at) => storage.archive.add(instance('1.4', patient, at), DURABLE)));
    expect(await owner.archive.studiesOfPatient('home', HELD)).toEqual(['1.1', '1.2', '1.4']);
    expect(await owner.archive.studiesOfPatient('home', OTHER)).toEqual(['1.2', '1.3', '1.4']);
    expect(await storage.archive.patientsOf('home', '1.2')).toEqual([HELD, OTHER]);
    expect(await storage.archive.patientsOf('home', '1.1')).toEqual([HELD]);
    expect(await storage.archive.patientsOf('other', '1.1')).toEqual([]);
    await hold('home', HELD);
    expect(await over()).toEqual(['1.3']);
  });

  it('stay while all of their tenant is on hold, and are no matter of the hold of another', async () => {
    await hold('other');
    expect(await over()).toEqual(['1.1', '1.2', '1.3']);
    await hold('home');
    expect(await over()).toEqual([]);
  });

  it('leave nothing of the patient but a hash, by which what was done with them is forgotten later', async () => {
    await storage.archive.remove({ tenant: 'home', studyUid: '1.2', leavesTrace: true, unchangedSince: LATER });
    const rows = await database.superuser((sql) =>
      sql.query(`SELECT s::text AS row FROM dicom_study s WHERE study_uid = '1.2'`),
    );
    expect(JSON.stringify(rows.rows)).not.toContain('P-1');
    const generations = async (): Promise<unknown> => {
      const found = await database.superuser((sql) =>
        sql.query<{ count: number }>(`SELECT count(*)::int FROM study_generation WHERE study_uid = '1.2'`),
      );
      return found.rows[0]?.count;
    };
    expect(await generations()).toBe(1);
    expect(await owner.archive.studiesOfPatient('home', OTHER)).toEqual(['1.2']);
    await owner.archive.remove({ tenant: 'home', studyUid: '1.2', leavesTrace: false });
    expect(await generations()).toBe(0);
    expect(await storage.archive.find('home', { studyUid: '1.2' })).toEqual({ kind: 'unknown' });
  });
});
