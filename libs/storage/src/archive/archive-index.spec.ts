import { randomUUID } from 'node:crypto';
import type { ArchiveQuery, Match, NewInstance } from '@medserve/archive';
import { tagOf, type JsonAttributes } from '@medserve/imaging';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';

const NOW = Promise.resolve();
const PATIENT = 'a'.repeat(64);

interface Said {
  readonly tenant?: string;
  readonly sop?: string;
  readonly series?: string;
  readonly study?: string;
  readonly sha256?: string;
  readonly door?: NewInstance['door'];
  readonly batch?: string;
  readonly modality?: string;
  readonly name?: string;
  readonly attributes?: JsonAttributes;
  readonly ofSeries?: JsonAttributes;
  readonly ofInstance?: JsonAttributes;
}

const element = (vr: string, ...Value: (string | number | object)[]) =>
  (Value.length === 0 ? { vr } : { vr, Value }) as JsonAttributes[string];

function instance(said: Said = {}): NewInstance {
  const { study = '1.1', series = `${study}.1`, sop = `${series}.${randomUUID().slice(0, 8)}`, modality = 'CT' } = said;
  return {
    tenant: said.tenant ?? 'home',
    studyUid: study,
    seriesUid: series,
    sopInstanceUid: sop,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    bytes: 1_000,
    sha256: said.sha256 ?? 'b'.repeat(64),
    door: said.door ?? 'dimse',
    receivedAt: new Date(),
    file: randomUUID(),
    dataSetOffset: 300,
    sender: 'SCANNER',
    batch: said.batch ?? 'batch-1',
    patient: PATIENT,
    attributes: {
      study: {
        '00080020': element('DA', '20260102'),
        '00080030': element('TM', '101112.5'),
        '00080050': element('SH', 'A1'),
        '00100010': element('PN', { Alphabetic: said.name ?? 'Müller^Jörg', Ideographic: '山田^太郎' }),
        '00100020': element('LO', 'P-1'),
        ...said.attributes,
      },
      series: { '00080060': element('CS', modality), '00200011': element('IS', 3), ...said.ofSeries },
      instance: { '00080008': element('CS', 'ORIGINAL', 'PRIMARY'), '00200013': element('IS', 7), ...said.ofInstance },
    },
  };
}

describe('the index of the archive', () => {
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 4, applicationName: 'archive-index', role: 'gateway' });
  }, 60_000);
  beforeEach(async () => {
    await database.superuser((sql) => sql.query('TRUNCATE dicom_study, dicom_series, dicom_instance, dicom_batch'));
  });
  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const add = (said: Said = {}) => storage.archive.add(instance(said), NOW);

  describe('taking instances', () => {
    it('counts what came, once for however often it comes', async () => {
      const one = instance({ sop: '1.1.1.1' });
      expect(await storage.archive.add(one, NOW)).toEqual({ kind: 'new' });
      const again = await storage.archive.add({ ...one, file: randomUUID(), door: 'stow' }, NOW);
      expect(again).toMatchObject({ kind: 'same', instance: { file: one.file, door: 'dimse', sha256: one.sha256 } });
      await add({ series: '1.1.2', modality: 'MR' });
      const summary = await storage.archive.study('home', '1.1');
      expect(summary).toMatchObject({ instances: 2, series: 2, bytes: 2_000, modalities: ['CT', 'MR'] });
    });

    it('takes a UID once: not with other bytes, and not in another series', async () => {
      await add({ sop: '1.1.1.1' });
      expect(await add({ sop: '1.1.1.1', sha256: 'c'.repeat(64) })).toEqual({ kind: 'taken' });
      expect(await add({ sop: '1.1.1.1', series: '1.1.2' })).toEqual({ kind: 'taken' });
      expect(await add({ sop: '1.1.1.1', tenant: 'north' })).toEqual({ kind: 'new' });
    });

    it('answers for each of many that come at once, the same one among them', async () => {
      const twin = instance({ sop: '1.1.1.0' });
      const all = [twin, { ...twin, file: randomUUID() }, ...Array.from({ length: 300 }, () => instance())];
      const kinds = (await Promise.all(all.map((one) => storage.archive.add(one, NOW)))).map(({ kind }) => kind);
      expect(kinds.slice(0, 2).sort()).toEqual(['new', 'same']);
      expect(kinds.slice(2).every((kind) => kind === 'new')).toBe(true);
      expect(await storage.archive.study('home', '1.1')).toMatchObject({ instances: 301, series: 1 });
    });

    it('makes the same rows of what comes alone as of what comes together', async () => {
      const SAID: readonly Said[] = [
        { sop: '1.1.1.1' },
        { sop: '1.1.1.2' },
        // Nothing new but of itself; then each says something of its study or series that was not said before, or otherwise.
        { sop: '1.1.1.3', ofInstance: { '00280010': element('US', 512) } },
        { sop: '1.1.1.4', attributes: { '00081030': element('LO', 'Head') } },
        { sop: '1.1.1.5', attributes: { '00100020': element('LO', 'P-2') } },
        { sop: '1.1.1.6', name: 'Somebody^Else' },
        { sop: '1.1.2.1', series: '1.1.2', modality: 'MR' },
        { sop: '1.1.2.2', series: '1.1.2', modality: 'PT' },
        { sop: '1.1.1.7', door: 'own', batch: 'own' },
        { sop: '1.1.3.1', series: '1.1.3', door: 'own', batch: 'own' },
        { sop: '1.1.3.2', series: '1.1.3' },
        { sop: '1.1.1.1' },
        { sop: '1.1.1.2', sha256: 'c'.repeat(64) },
        { sop: '1.1.1.8', batch: 'batch-2' },
      ];
      const kinds: string[][] = [[], []];
      for (const said of SAID) {
        kinds[0]?.push((await add(said)).kind);
        // The first goes at once; those that come meanwhile go together.
        const [, together] = await Promise.all([
          add({ study: '9' }),
          add({ ...said, tenant: 'north' }),
          add({ study: '9' }),
        ]);
        kinds[1]?.push(together.kind);
      }
      expect(kinds[0]).toEqual(kinds[1]);
      const rowsOf = (tenant: string): Promise<unknown[]> =>
        database.superuser(async (sql) => {
          const without = `- '{tenant,file,created_at,last_instance_at,changed_at,received_at,seen_at}'::text[]`;
          const { rows } = await sql.query(
            ['dicom_study', 'dicom_series', 'dicom_instance', 'dicom_batch']
              .map(
                (table) =>
                  `SELECT to_jsonb(kept) ${without} AS row FROM ${table} kept WHERE tenant = '${tenant}' AND study_uid = '1.1'`,
              )
              .join(' UNION ALL ') + ' ORDER BY 1',
          );
          return rows;
        });
      expect(await rowsOf('home')).toEqual(await rowsOf('north'));
    });

    it('has no row of a file that could not be written, and those that came beside it', async () => {
      const lost = Promise.reject(Object.assign(new Error('no room'), { code: 'ENOSPC' }));
      const outcomes = await Promise.allSettled([
        add({ sop: '1.1.1.1' }),
        storage.archive.add(instance({ sop: '1.1.1.2' }), lost),
        add({ sop: '1.1.1.3' }),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(outcomes[1]).toMatchObject({ reason: { code: 'ENOSPC' } });
      const found = await storage.archive.find('home', { studyUid: '1.1' });
      expect(found.kind === 'found' && found.instances.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([
        '1.1.1.1',
        '1.1.1.3',
      ]);
    });

    it('commits nothing before the file is on disk', async () => {
      let finish = (): void => undefined;
      const durable = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const added = storage.archive.add(instance({ sop: '1.1.1.1' }), durable);
      await new Promise((resolve) => setImmediate(resolve));
      expect(await storage.archive.find('home', { studyUid: '1.1' })).toEqual({ kind: 'unknown' });
      finish();
      expect(await added).toEqual({ kind: 'new' });
      expect((await storage.archive.find('home', { studyUid: '1.1' })).kind).toBe('found');
    });

    it('commits nothing on another connection after its own was cut', async () => {
      let finish = (): void => undefined;
      const durable = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const added = storage.archive.add(instance({ sop: '1.1.1.1' }), durable);
      const refused = expect(added).rejects.toMatchObject({ reason: 'unavailable' });
      await database.superuser(async (sql) => {
        for (let cut = 0; cut === 0;) {
          const { rows } = await sql.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = 'archive-index-instances' AND backend_xid IS NOT NULL AND wait_event = 'ClientRead'`);
          cut = rows.length;
        }
      });
      finish();
      await refused;
      expect(await storage.archive.find('home', { studyUid: '1.1' })).toEqual({ kind: 'unknown' });
      expect(await add({ sop: '1.1.1.1' })).toEqual({ kind: 'new' });
    });

    it('writes the row of a large instance only when its file is on disk, so that nobody waits for it', async () => {
      let finish = (): void => undefined;
      const durable = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const large = storage.archive.add({ ...instance({ sop: '1.1.1.1' }), bytes: 1 << 30 }, durable);
      expect(await add({ sop: '1.1.1.2' })).toEqual({ kind: 'new' });
      finish();
      expect(await large).toEqual({ kind: 'new' });
      const unwritten = Promise.reject(new Error('no room'));
      await expect(storage.archive.add({ ...instance(), bytes: 1 << 30 }, unwritten)).rejects.toThrow('no room');
    });

    it('looks up a UID that is known by nothing but its key, however many instances a tenant has', async () => {
      const indexes = await database.superuser((sql) =>
        sql.query(`SELECT indexrelid::regclass::text AS name FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
          WHERE indrelid = 'dicom_instance'::regclass AND attname = 'tenant'`),
      );
      expect(indexes.rows).toEqual([{ name: 'dicom_instance_pkey' }]);
    });

    it('keeps what the first instance said of its patient, and adds what it left out', async () => {
      await add({ attributes: { '00100040': element('CS', 'F') } });
      await add({ name: 'Other^Name', attributes: { '00081030': element('LO', 'Chest') } });
      const { rows } = await storage.archive.query({ tenant: 'home', level: 'study', match: [] });
      expect(rows[0]?.attributes).toMatchObject({
        '00100010': { Value: [{ Alphabetic: 'Müller^Jörg' }] },
        '00100040': { Value: ['F'] },
        '00081030': { Value: ['Chest'] },
      });
    });
  });

  describe('what the study engine reads', () => {
    it('says who is still sending, when the last one ended, and nothing of our own results', async () => {
      await add({ batch: 'one' });
      await add({ batch: 'two' });
      const before = await storage.archive.study('home', '1.1');
      expect(before?.received).toMatchObject({ instances: 2, series: 1, openBatches: 2, sender: 'SCANNER' });
      expect(before?.received.batchEndedAt).toBeUndefined();
      await storage.archive.endBatch('home', 'one');
      await add({ door: 'own', batch: 'own', series: '1.1.9', modality: 'SR' });
      const after = await storage.archive.study('home', '1.1');
      expect(after).toMatchObject({ instances: 3, series: 2, received: { instances: 2, series: 1, openBatches: 1 } });
      expect(after?.received.batchEndedAt).toBeInstanceOf(Date);
      expect(after?.received.lastAt).toEqual(before?.received.lastAt);
    });

    it('lists studies in the order of their changes', async () => {
      await add({ study: '1.1' });
      await add({ study: '1.2' });
      await add({ study: '1.1' });
      const changed = await storage.archive.changedStudies('home', new Date(0), 10);
      expect(changed.map(({ studyUid }) => studyUid)).toEqual(['1.2', '1.1']);
      const since = changed[1]?.changedAt ?? new Date(0);
      expect(await storage.archive.changedStudies('home', since, 10)).toHaveLength(1);
      expect(await storage.archive.tenants()).toEqual(['home']);
    });
  });

  describe('removing', () => {
    it('leaves a trace with nothing of the patient but the keyed hash, and is undone by who sends it again', async () => {
      const one = instance({ sop: '1.1.1.1' });
      await storage.archive.add(one, NOW);
      const removal = { tenant: 'home', studyUid: '1.1', leavesTrace: true };
      expect(await storage.archive.remove(removal)).toEqual([one.file]);
      expect(await storage.archive.find('home', { studyUid: '1.1' })).toEqual({ kind: 'gone' });
      expect((await storage.archive.query({ tenant: 'home', level: 'study', match: [] })).rows).toEqual([]);
      const { rows } = await database.superuser((sql) => sql.query('SELECT * FROM dicom_study'));
      expect(JSON.stringify(rows)).not.toMatch(/Müller|P-1|A1|2026010/);
      expect(await add({ sop: '1.1.1.1' })).toEqual({ kind: 'new' });
      expect(await storage.archive.study('home', '1.1')).toMatchObject({ instances: 1, bytes: 1_000 });
    });

    it('does not remove what has changed since', async () => {
      const since = new Date(Date.now() - 1_000);
      await add();
      const removal = { tenant: 'home', studyUid: '1.1', leavesTrace: true, unchangedSince: since };
      expect(await storage.archive.remove(removal)).toEqual([]);
      expect(await storage.archive.unchangedStudies('home', since, 10)).toEqual([]);
      expect(await storage.archive.unchangedStudies('home', new Date(Date.now() + 1_000), 10)).toEqual(['1.1']);
    });

    it('forgets a patient whole', async () => {
      await add();
      expect(await storage.archive.studiesOfPatient('home', PATIENT)).toEqual(['1.1']);
      await storage.archive.remove({ tenant: 'home', studyUid: '1.1', leavesTrace: false });
      expect(await storage.archive.find('home', { studyUid: '1.1' })).toEqual({ kind: 'unknown' });
      const { rows } = await database.superuser((sql) =>
        sql.query(`SELECT 1 FROM dicom_study UNION ALL SELECT 1 FROM dicom_series UNION ALL SELECT 1 FROM dicom_batch`),
      );
      expect(rows).toEqual([]);
    });

    it('knows which files are nobody’s', async () => {
      const one = instance();
      await storage.archive.add(one, NOW);
      const left = randomUUID();
      expect(await storage.archive.filesWithoutRow('home', [one.file, left, 'no-uuid'])).toEqual([left]);
      expect(await storage.archive.filesWithoutRow('north', [one.file])).toEqual([one.file]);
    });
  });

  it('shows a tenant nothing of another', async () => {
    await add({ tenant: 'north' });
    expect(await storage.archive.find('home', { studyUid: '1.1' })).toEqual({ kind: 'unknown' });
    expect((await storage.archive.query({ tenant: 'home', level: 'instance', match: [] })).rows).toEqual([]);
    expect(await storage.archive.study('home', '1.1')).toBeUndefined();
    expect(await storage.archive.remove({ tenant: 'home', studyUid: '1.1', leavesTrace: false })).toEqual([]);
    expect(await storage.archive.bytes()).toBe(1_000);
  });

  describe('a search', () => {
    const keyed = (keys: Readonly<Record<string, string>>): Match[] =>
      Object.entries(keys).map(([keyword, value]) => ({ tag: tagOf(keyword) ?? 0, value }));
    const studies = async (
      keys: Readonly<Record<string, string>>,
      more: { fuzzy?: boolean } = {},
    ): Promise<string[]> => {
      const query = { tenant: 'home', level: 'study' as const, match: keyed(keys), ...more };
      return (await storage.archive.query(query)).rows.map(({ studyUid }) => studyUid);
    };

    beforeEach(async () => {
      await add({ study: '1.1' });
      await add({
        study: '1.2',
        modality: 'MR',
        name: 'Smith^Anna',
        attributes: {
          '00080020': element('DA', '20260105'),
          '00080030': element('TM', '2359'),
          '00100020': element('LO', '100%_x'),
          '00080050': element('SH', 'B2'),
        },
        ofInstance: { '00280010': element('US', 512) },
      });
    });

    it.each<[Record<string, string>, string[]]>([
      [{}, ['1.1', '1.2']],
      [{ PatientID: 'P-1' }, ['1.1']],
      [{ PatientID: 'p-1' }, []],
      [{ PatientID: '*' }, ['1.1', '1.2']],
      [{ PatientID: '100%_*' }, ['1.2']],
      [{ PatientID: '100__x' }, []],
      [{ PatientID: 'P-?' }, ['1.1']],
      [{ PatientID: 'P-1\\100%_x' }, ['1.1', '1.2']],
      [{ AccessionNumber: ' B2 ' }, ['1.2']],
      [{ PatientName: 'MÜLLER^JÖRG' }, ['1.1']],
      [{ PatientName: 'müller^jörg^' }, ['1.1']],
      [{ PatientName: 'm?ller*' }, ['1.1']],
      [{ PatientName: '山田*' }, ['1.1', '1.2']],
      [{ PatientName: 'muller*' }, []],
      [{ PatientName: '\\' }, ['1.1', '1.2']],
      [{ PatientName: '=\\' }, ['1.1', '1.2']],
      [{ PatientName: '=\\=' }, ['1.1', '1.2']],
      [{ PatientName: '==\\ ' }, ['1.1', '1.2']],
      [{ PatientName: '^=^\\' }, ['1.1', '1.2']],
      [{ PatientName: '=\\müller^jörg' }, ['1.1']],
      [{ StudyDate: '20260102' }, ['1.1']],
      [{ StudyDate: '20260103-' }, ['1.2']],
      [{ StudyDate: '-20260102' }, ['1.1']],
      [{ StudyDate: '20260102-20260105' }, ['1.1', '1.2']],
      [{ StudyDate: '20260103-20260104' }, []],
      [{ StudyTime: '101112.5' }, ['1.1']],
      [{ StudyTime: '1011' }, ['1.1']],
      [{ StudyTime: '10-11' }, ['1.1']],
      [{ StudyTime: '2300-' }, ['1.2']],
      [{ StudyInstanceUID: '1.1,1.2,1.3' }, ['1.1', '1.2']],
      [{ StudyInstanceUID: '1.2\\1.3' }, ['1.2']],
      [{ ModalitiesInStudy: 'MR' }, ['1.2']],
      [{ ModalitiesInStudy: 'MR\\CT' }, ['1.1', '1.2']],
      [{ ModalitiesInStudy: 'M*' }, ['1.2']],
      [{ SOPClassesInStudy: '1.2.840.10008.5.1.4.1.1.2' }, ['1.1', '1.2']],
      [{ Modality: 'CT' }, ['1.1']],
      [{ SeriesNumber: '3.0', Modality: 'MR' }, ['1.2']],
      [{ Rows: '512' }, ['1.2']],
      [{ ImageType: 'PRIMARY', PatientID: 'P-1' }, ['1.1']],
      [{ PatientID: 'P-1', AccessionNumber: 'B2' }, []],
    ])('for %j finds %j', async (keys, expected) => {
      expect(await studies(keys)).toEqual(expected);
    });

    it.each<[string, boolean]>([
      ['Yamada^Tarou=山田^太郎', true],
      ['yamada^tarou=山田^太郎=やまだ^たろう', true],
      ['=山田^太郎', true],
      ['==やまだ*', true],
      ['Yama*=山田*', true],
      ['*=*=やまだ^たろう', true],
      ['Nobody\\Yamada*=*', true],
      ['Yamada^Tarou=山田^次郎', false],
      ['Suzuki*=山田^太郎', false],
      ['=Yamada^Tarou', false],
      ['=やまだ^たろう', false],
    ])('for a name by its groups “%s” finds one of three: %s', async (value, isFound) => {
      const name = { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' };
      await add({ study: '1.3', attributes: { '00100010': element('PN', name) } });
      const found = await studies({ PatientName: value, StudyInstanceUID: '1.3' });
      expect(found).toEqual(isFound ? ['1.3'] : []);
      // A row of before its groups were kept by themselves.
      await database.superuser((sql) =>
        sql.query(`UPDATE dicom_study SET names = names #- '{00100010,groups}' WHERE study_uid = '1.3'`),
      );
      if (isFound) expect(await studies({ PatientName: value, StudyInstanceUID: '1.3' })).toEqual(['1.3']);
    });

    it('matches the keys of a request in one item of its sequence', async () => {
      const request = (procedure: string, step: string) => ({
        '00401001': element('SH', procedure),
        '00400009': element('SH', step),
      });
      const requests = { '00400275': element('SQ', request('RP1', 'S1'), request('RP2', 'S2')) };
      await add({ study: '1.3', ofSeries: requests });
      const sequence = tagOf('RequestAttributesSequence') ?? 0;
      const asked = async (level: 'study' | 'series', keys: Record<string, string>) => {
        const match = Object.entries(keys).map(([name, value]) => ({ sequence, tag: tagOf(name) ?? 0, value }));
        return (await storage.archive.query({ tenant: 'home', level, match })).rows.map(({ studyUid }) => studyUid);
      };
      expect(await asked('series', { RequestedProcedureID: 'RP1' })).toEqual(['1.3']);
      expect(await asked('series', { RequestedProcedureID: 'RP*', ScheduledProcedureStepID: 'S2' })).toEqual(['1.3']);
      expect(await asked('study', { ScheduledProcedureStepID: 'S2' })).toEqual(['1.3']);
      expect(await asked('series', { RequestedProcedureID: 'RP1', ScheduledProcedureStepID: 'S2' })).toEqual([]);
      expect(await asked('series', { RequestedProcedureID: 'another' })).toEqual([]);
    });

    it('finds an id as it stands where no pattern is meant', async () => {
      await add({ study: '1.3', attributes: { '00100020': element('LO', 'P-*') } });
      const tag = 0x00100020;
      const exact = async (value: string): Promise<string[]> => {
        const match = [{ tag, value, isExact: true }];
        return (await storage.archive.query({ tenant: 'home', level: 'study', match })).rows.map((row) => row.studyUid);
      };
      expect(await exact(' P-* ')).toEqual(['1.3']);
      for (const value of ['P-?', '*', 'P-1\\100%_x', '']) expect(await exact(value)).toEqual([]);
    });

    it('finds dates that were sent with dots', async () => {
      const birth = element('DA', '1980.02.03');
      await add({ study: '1.3', attributes: { '00080020': element('DA', '2023.03.17'), '00100030': birth } });
      for (const StudyDate of ['20230317', '2023.03.17', '20230301-20230331', '-20230317'])
        expect(await studies({ StudyDate })).toEqual(['1.3']);
      expect(await studies({ StudyDate: '-20230316' })).toEqual([]);
      expect(await studies({ PatientBirthDate: '19800203' })).toEqual(['1.3']);
    });

    it('finds names by the beginnings of their words, without accents, where it is asked to', async () => {
      expect(await studies({ PatientName: 'jorg mull' }, { fuzzy: true })).toEqual(['1.1']);
      expect(await studies({ PatientName: 'jorg smith' }, { fuzzy: true })).toEqual([]);
    });

    it.each<[string, string]>([
      ['StudyDate', 'yesterday'],
      ['StudyDate', '20261301'],
      ['StudyDate', '20260101-20260102-20260103'],
      ['StudyTime', '9h'],
      ['SeriesNumber', 'three'],
    ])('for a %s of “%s” is refused', async (keyword, value) => {
      await expect(studies({ [keyword]: value })).rejects.toMatchObject({ reason: 'invalid_request' });
    });

    it('says which keys it does not have, and finds as if they were not there', async () => {
      const match = keyed({ PatientID: 'P-1', PatientComments: 'x', NumberOfStudyRelatedInstances: '1' });
      const answer = await storage.archive.query({ tenant: 'home', level: 'study', match });
      expect(answer.ignored).toEqual([tagOf('PatientComments'), tagOf('NumberOfStudyRelatedInstances')]);
      expect(answer.rows).toHaveLength(1);
      const asked = keyed({ NumberOfStudyRelatedInstances: '', InstanceAvailability: '' });
      const more = await storage.archive.query({ tenant: 'home', level: 'study', match: asked });
      expect(more.ignored).toEqual([]);
    });

    it('counts what is in a study and a series', async () => {
      await add({ study: '1.1', series: '1.1.2', modality: 'SR', door: 'own' });
      const match = keyed({ StudyInstanceUID: '1.1' });
      const [study] = (await storage.archive.query({ tenant: 'home', level: 'study', match })).rows;
      expect(study?.attributes).toMatchObject({
        '00080061': { vr: 'CS', Value: ['CT', 'SR'] },
        '00201206': { vr: 'IS', Value: [2] },
        '00201208': { vr: 'IS', Value: [2] },
      });
      const within = { studyUid: '1.1' };
      const series = (await storage.archive.query({ tenant: 'home', level: 'series', match: [], within })).rows;
      expect(series.map(({ isOwn, attributes }) => [isOwn, attributes['00201209']?.Value])).toEqual([
        [false, [1]],
        [true, [1]],
      ]);
      expect(series[0]?.attributes['00100010']).toBeUndefined();
      const across = await storage.archive.query({ tenant: 'home', level: 'series', match: keyed({ Modality: 'MR' }) });
      expect(across.rows[0]?.attributes['00100020']).toEqual(element('LO', '100%_x'));
    });

    it('tells what is above where it is not within one thing of that level, whatever UIDs are its keys', async () => {
      const [name, modality, patientOfStudy] = ['00100010', '00080060', tagOf('PatientID') ?? 0];
      const told = async (query: Partial<ArchiveQuery>): Promise<boolean[]> => {
        const { rows } = await storage.archive.query({ tenant: 'home', level: 'instance', match: [], ...query });
        expect(rows).toHaveLength(1);
        return [name, modality].map((tag) => rows[0]?.attributes[tag] !== undefined);
      };
      expect(await told({ match: keyed({ StudyInstanceUID: '1.1' }) })).toEqual([true, true]);
      expect(await told({ match: keyed({ SeriesInstanceUID: '1.1.1' }) })).toEqual([true, true]);
      expect(await told({ within: { studyUid: '1.1' } })).toEqual([false, true]);
      expect(await told({ within: { studyUid: '1.1', seriesUid: '1.1.1' } })).toEqual([false, false]);
      expect(await told({ within: { studyUid: '1.1', seriesUid: '1.1.1' }, include: 'all' })).toEqual([true, true]);
      const include = [patientOfStudy];
      const query = { tenant: 'home', level: 'series' as const, match: [], within: { studyUid: '1.1' }, include };
      expect((await storage.archive.query(query)).rows[0]?.attributes).toMatchObject({
        '00100020': { Value: ['P-1'] },
      });
    });

    it('goes in pages, each row once, and says whether more follow', async () => {
      for (let number = 0; number < 5; number += 1) await add({ study: '1.3' });
      const page = async (offset: number) =>
        storage.archive.query({
          tenant: 'home',
          level: 'instance',
          match: keyed({ StudyInstanceUID: '1.3' }),
          limit: 2,
          offset,
        });
      const pages = [await page(0), await page(2), await page(4), await page(6)];
      expect(pages.map(({ rows, isCut }) => [rows.length, isCut])).toEqual([
        [2, true],
        [2, true],
        [1, false],
        [0, false],
      ]);
      expect(new Set(pages.flatMap(({ rows }) => rows.map(({ sopInstanceUid }) => sopInstanceUid))).size).toBe(5);
    });
  });
});
