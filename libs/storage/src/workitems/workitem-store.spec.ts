import { randomUUID } from 'node:crypto';
import { newEventId, type ActivityEvent } from '@medserve/events';
import { NO_PLAN, type Completion, type StudyRun, type StudyWork } from '@medserve/studies';
import { activityEvent, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { createDataSource, poolOf } from '../database/data-source';
import { Database } from '../database/database';
import { openStorage, type Storage } from '../open-storage';
import { WakeUp } from '../outbox/wake-up';
import type { FacedWorkitem, NewWorkitem } from './workitem-rows';
import { WorkitemStore } from './workitem-store';

const run: StudyRun = {
  route: 'ct',
  name: 'tissue',
  task: 'measure',
  parameters: {},
  class: 'routine',
  deadlineMs: 900_000,
  isOptional: false,
  seriesUid: '1.2',
  instances: ['1.2.1'],
  state: 'waiting',
  attempts: 0,
};

const completion = (more: Partial<Completion> = {}): Completion => ({
  because: 'quiet',
  instances: 2,
  series: 1,
  modalities: ['CT'],
  class: 'routine',
  plan: { ...NO_PLAN, routes: ['ct'], wants: ['sr'], deliver: 'all' },
  runs: [run],
  verdicts: [],
  ...more,
});

const eventOf = (tenant = 'north'): ActivityEvent =>
  activityEvent({
    event: 'workitem_changed',
    tenant,
    subject: 'workitem:0123',
  });

const item = (uid: string, more: Partial<NewWorkitem> = {}): NewWorkitem => ({
  tenant: 'north',
  uid,
  label: 'reading-room',
  priority: 'MEDIUM',
  readiness: 'READY',
  scheduledAt: new Date('2026-11-26T06:00:00Z'),
  studyUids: [],
  inputs: [],
  dataSet: {},
  ...more,
});

let last = 0;
const fresh = (): string => `2.25.${String(Date.now())}${String((last += 1))}`;

describe('the worklist that is kept', () => {
  let database: TestDatabase;
  let storage: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    storage = await openStorage({ url: database.url, poolSize: 8, applicationName: 'spec', role: 'gateway' });
  }, 60_000);
  afterAll(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const arrive = (studyUid: string, instance = `${studyUid}.1.${String(last++)}`, tenant = 'north'): Promise<unknown> =>
    database.superuser((sql) =>
      sql.query(
        `INSERT INTO dicom_instance (tenant, sop_instance_uid, study_uid, series_uid, sop_class_uid, transfer_syntax_uid, file,
           data_set_offset, bytes, sha256, door, attributes, names, received_at)
         VALUES ($1, $2, $3, '1.2', '1.2', '1.2', $4, 0, 1, '\\x00', 'dimse', '{}', '{}', now())`,
        [tenant, instance, studyUid, randomUUID()],
      ),
    );
  const gatewayPool = async () => {
    const dataSource = createDataSource({ url: database.url, poolSize: 1, applicationName: 'small', role: 'gateway' });
    await dataSource.initialize();
    return { pool: new Database(poolOf(dataSource)), close: () => dataSource.destroy() };
  };
  const hold = async (studyUid: string, generation = 1): Promise<StudyWork> => {
    const { store } = storage.studies;
    const claimed = await store.claim('engine', 100, 60_000);
    const isWanted = (one: StudyWork): boolean => one.studyUid === studyUid && one.generation === generation;
    await Promise.all(claimed.filter((one) => !isWanted(one)).map((one) => store.handBack(one)));
    const found = claimed.find(isWanted);
    if (found === undefined) throw new Error('it is not due');
    return found;
  };
  const completed = async (studyUid: string, more: Partial<Completion> = {}): Promise<StudyWork> => {
    const work = await hold(studyUid);
    const event = { ...eventOf(), event: 'study_received' as const };
    expect(await storage.studies.store.complete(work, work.arrivals, completion(more), event)).toBe(true);
    return storage.studies.store.read(work);
  };
  const made = (studyUid: string) => ({
    kind: 'sr' as const,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.88.34',
    sopInstanceUid: `${studyUid}.9`,
    seriesUid: `${studyUid}.8`,
  });
  const found = async (uid: string, tenant = 'north'): Promise<FacedWorkitem> => {
    const one = await storage.workitems.store.find({ tenant, uid });
    if (one === undefined || one === 'removed') throw new Error('there is no such workitem');
    return one;
  };
  const ofStudy = (studyUid: string, tenant = 'north') =>
    storage.workitems.store.search({ tenant, match: { studyUids: [studyUid] }, limit: 10, offset: 0 });
  const ordered = (studyUid: string, more: Partial<NewWorkitem> = {}) =>
    item(fresh(), { label: 'ct', studyUids: [studyUid], ...more });
  const create = async (one: NewWorkitem): Promise<NewWorkitem> => {
    expect(await storage.workitems.store.create(one, eventOf(one.tenant))).toBe(true);
    return one;
  };
  const placeAll = async (): Promise<void> => {
    const { orders } = storage.workitems;
    for (const key of await orders.waiting(['ct'], 100)) await orders.place(key);
  };

  it('takes a UID once', async () => {
    const one = await create(item(fresh()));
    expect(await storage.workitems.store.create(one, eventOf())).toBe(false);
  });

  it('takes no more than a tenant may have that have not ended', async () => {
    const one = await create(item(fresh(), { tenant: 'west' }));
    const { pool, close } = await gatewayPool();
    const small = new WorkitemStore(pool, new WakeUp(pool), 1);
    const next = item(fresh(), { tenant: 'west' });
    expect(await small.create(next, eventOf('west'))).toBe(false);
    await small.cancel(one, 0, {}, eventOf('west'));
    expect(await small.create(next, eventOf('west'))).toBe(true);
    await close();
  });

  it('gives a workitem to one of two who claim it at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const one = await create(item(fresh()));
      const claims = ['2.25.1', '2.25.2'].map((uid) => storage.workitems.store.claim(one, uid, eventOf()));
      const won = await Promise.all(claims);
      expect([...won].sort()).toEqual([false, true]);
      expect(await found(one.uid)).toMatchObject({
        state: 'IN PROGRESS',
        transactionUid: won[0] ? '2.25.1' : '2.25.2',
      });
    }
  });

  it('lets its performer end it, as it saw it last, and nobody else', async () => {
    const { store } = storage.workitems;
    const one = await create(item(fresh()));
    await store.claim(one, '2.25.1', eventOf());
    const { revision } = await found(one.uid);
    const end = (transactionUid: string, at: number) =>
      store.end(one, { transactionUid, revision: at }, 'COMPLETED', {}, eventOf());
    expect([await end('2.25.2', revision), await end('2.25.1', revision - 1)]).toEqual([false, false]);
    expect([await end('2.25.1', revision), await end('2.25.1', revision)]).toEqual([true, false]);
    expect(await found(one.uid)).toMatchObject({ state: 'COMPLETED', endedAt: expect.any(Date) as Date });
  });

  it('is its tenant’s alone', async () => {
    const { store } = storage.workitems;
    const studyUid = fresh();
    const one = await create(ordered(studyUid));
    await arrive(studyUid);
    await storage.workitems.orders.noteCandidates({ tenant: 'north', studyUid, generation: 1 }, ['ct']);
    expect(await ofStudy(studyUid)).toHaveLength(2);
    expect(await ofStudy(studyUid, 'south')).toEqual([]);
    const foreign = { tenant: 'south', uid: one.uid };
    expect(await store.find(foreign)).toBeUndefined();
    expect(await store.claim(foreign, '2.25.1', eventOf('south'))).toBe(false);
    expect(await store.update(foreign, 0, { ...one, dataSet: {} }, eventOf('south'))).toBe(false);
    expect(await storage.workitems.orders.place(foreign)).toBeUndefined();
    expect(await store.create({ ...one, tenant: 'south' }, eventOf('south'))).toBe(true);
    expect((await found(one.uid)).label).toBe('ct');
    const { pool, close } = await gatewayPool();
    const all = { text: 'SELECT DISTINCT tenant FROM workitem_face', values: [] };
    expect(await pool.rows(all)).toEqual([]);
    expect(await pool.forTenant('south', (client) => client.rows(all))).toEqual([{ tenant: 'south' }]);
    await close();
  });

  it('shows the work of a route from its first instance to its results, under one UID', async () => {
    const studyUid = fresh();
    await arrive(studyUid);
    await storage.workitems.orders.noteCandidates({ tenant: 'north', studyUid, generation: 1 }, ['ct', 'other']);
    const seen: unknown[] = [];
    const uuids = new Set<string | null>();
    const look = async (): Promise<void> => {
      const [work] = (await ofStudy(studyUid)).filter(({ label }) => label === 'ct');
      uuids.add(work?.uuid ?? null);
      seen.push([work?.state, work?.readiness]);
    };
    await look();
    const verdicts = [
      { route: 'other', why: { code: 'too_few_slices', says: 'only 1 slice' }, chosen: [], passedOver: [] },
    ] as const;
    const work = await completed(studyUid, { verdicts });
    await look();
    const { store } = storage.studies;
    await store.begin(work, run);
    await look();
    await store.endRun(work, run, { state: 'answered', request: newEventId() });
    await store.inferred(work);
    await store.exporting(work, [made(studyUid)], [], 300_000);
    await look();
    await store.end(work, 'exported');
    await look();
    expect(seen).toEqual([
      ['SCHEDULED', 'INCOMPLETE'],
      ['SCHEDULED', 'READY'],
      ['IN PROGRESS', 'READY'],
      ['IN PROGRESS', 'READY'],
      ['COMPLETED', 'READY'],
    ]);
    expect(uuids.size).toBe(1);
    const { sopClassUid, sopInstanceUid, seriesUid } = made(studyUid);
    const result = { sopClassUid, sopInstanceUid, seriesUid };
    const [uuid = ''] = uuids;
    expect(await storage.workitems.store.findWork('north', uuid ?? '')).toMatchObject({
      label: 'ct',
      results: [result],
    });
    expect(await storage.workitems.store.findWork('south', uuid ?? '')).toBeUndefined();
    const other = (await ofStudy(studyUid)).find(({ label }) => label === 'other');
    expect(other).toMatchObject({ state: 'CANCELED', reason: 'not_taken', says: 'only 1 slice' });
  });

  it('has another workitem for work that is taken up after its end', async () => {
    const studyUid = fresh();
    await arrive(studyUid);
    const work = await completed(studyUid);
    await storage.studies.store.end(work, 'failed', { code: 'run_failed', says: 'it failed' });
    const [failed] = await ofStudy(studyUid);
    expect(failed).toMatchObject({ state: 'CANCELED', says: 'it failed' });
    const event = { ...eventOf(), event: 'study_requeued' as const };
    await storage.studies.orders.requeue('north', studyUid, () => event);
    const [again] = await ofStudy(studyUid);
    expect(again).toMatchObject({ state: 'SCHEDULED' });
    expect(again?.uuid).not.toBe(failed?.uuid);
    expect(await storage.workitems.store.findWork('north', failed?.uuid ?? '')).toBeUndefined();
  });

  it('starts a route on a study once all that the workitem names is here, in the class of its priority', async () => {
    const studyUid = fresh();
    const one = await create(ordered(studyUid, { priority: 'HIGH', inputs: [`${studyUid}.1.1`, `${studyUid}.1.2`] }));
    await placeAll();
    await arrive(studyUid, `${studyUid}.1.1`);
    await placeAll();
    expect(await found(one.uid)).toMatchObject({ studyUid: null, isOurs: false });
    await arrive(studyUid, `${studyUid}.1.2`);
    await placeAll();
    expect(await found(one.uid)).toMatchObject({ studyUid, generation: 1, isOurs: true, state: 'SCHEDULED' });
    const key = { tenant: 'north', studyUid, generation: 1 };
    expect(await storage.workitems.orders.wanted(key)).toMatchObject({ ordered: ['ct'], orderedClass: 'stat' });
    expect((await hold(studyUid)).goAt).toBeInstanceOf(Date);
  });

  it('places an order once, by however many it is tried', async () => {
    const studyUid = fresh();
    await arrive(studyUid);
    const work = await completed(studyUid, { plan: { ...NO_PLAN, routes: ['other'] } });
    await storage.studies.store.handBack(work);
    const one = await create(ordered(studyUid));
    const { orders } = storage.workitems;
    const placed = await Promise.all(Array.from({ length: 6 }, () => orders.place(one)));
    expect(placed.filter((placing) => placing !== undefined)).toEqual([{ do: 'begin', generation: 2 }]);
    expect((await storage.studies.list.find('north', studyUid)).map(({ generation }) => generation)).toEqual([2, 1]);
  });

  it('undoes an order whole where it is cut off in the middle, so that it can be placed again', async () => {
    const studyUid = fresh();
    await arrive(studyUid);
    const one = await create(ordered(studyUid));
    await database.superuser((sql) =>
      sql.query(`CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cut'; END $$;
        CREATE TRIGGER cut BEFORE UPDATE ON workitem FOR EACH ROW WHEN (NEW.generation IS NOT NULL) EXECUTE FUNCTION cut()`),
    );
    await expect(storage.workitems.orders.place(one)).rejects.toThrow();
    const key = { tenant: 'north', studyUid, generation: 1 };
    expect((await storage.workitems.orders.wanted(key)).ordered).toEqual([]);
    await database.superuser((sql) => sql.query('DROP TRIGGER cut ON workitem; DROP FUNCTION cut()'));
    expect(await storage.workitems.orders.place(one)).toEqual({ do: 'add', generation: 1, go: true });
  });

  it('is not decided without an order that came meanwhile', async () => {
    const studyUid = fresh();
    await arrive(studyUid);
    const work = await hold(studyUid);
    await storage.workitems.orders.place(await create(ordered(studyUid)));
    const event = { ...eventOf(), event: 'study_received' as const };
    expect(await storage.studies.store.complete(work, work.arrivals, completion(), event)).toBe(false);
  });

  it('takes a workitem along with its generation, and keeps its end', async () => {
    const studyUid = fresh();
    await arrive(studyUid);
    const one = await create(ordered(studyUid));
    await storage.workitems.orders.place(one);
    const { store } = storage.studies;
    const work = await completed(studyUid);
    expect(await storage.workitems.store.claim(one, '2.25.1', eventOf())).toBe(false);
    await store.begin(work, run);
    expect((await found(one.uid)).state).toBe('IN PROGRESS');
    await store.end(work, 'failed', { code: 'run_failed', says: 'it failed' });
    const event = { ...eventOf(), event: 'study_requeued' as const };
    await storage.studies.orders.requeue('north', studyUid, () => event);
    expect(await found(one.uid)).toMatchObject({ state: 'CANCELED', reason: 'run_failed', says: 'it failed' });
  });

  it('cancels an order whose route takes nothing of the study', async () => {
    const studyUid = fresh();
    await arrive(studyUid);
    const one = await create(ordered(studyUid));
    await storage.workitems.orders.place(one);
    const verdicts = [
      { route: 'ct', why: { code: 'too_few_slices', says: 'only 1 slice' }, chosen: [], passedOver: [] },
    ] as const;
    await completed(studyUid, { plan: { ...NO_PLAN, routes: ['other'] }, verdicts });
    expect(await found(one.uid)).toMatchObject({ state: 'CANCELED', reason: 'not_taken', says: 'only 1 slice' });
  });

  it('places an order anew that was overtaken', async () => {
    const studyUid = fresh();
    await arrive(studyUid);
    const one = await create(ordered(studyUid));
    await storage.workitems.orders.place(one);
    const first = await completed(studyUid);
    await storage.studies.store.handBack(first);
    await arrive(studyUid);
    const second = await hold(studyUid, 2);
    const event = { ...eventOf(), event: 'study_received' as const };
    await storage.studies.store.complete(second, second.arrivals, completion(), event);
    expect(await found(one.uid)).toMatchObject({ studyUid: null, isOurs: true });
    await placeAll();
    expect(await found(one.uid)).toMatchObject({ studyUid, generation: 2 });
  });

  it('is found by what a worklist is searched by', async () => {
    const studyUid = fresh();
    const one = await create(
      item(fresh(), {
        label: 'reading-room_7',
        priority: 'LOW',
        patientId: 'P-77',
        patientName: 'Doe^Jane',
        accession: 'A-1',
        studyUids: [studyUid],
        scheduledAt: new Date('2026-12-24T18:00:00Z'),
      }),
    );
    const search = async (match: object): Promise<boolean> => {
      const page = await storage.workitems.store.search({ tenant: 'north', match, limit: 100, offset: 0 });
      return page.some(({ uid }) => uid === one.uid);
    };
    const eve = new Date('2026-12-24T00:00:00Z');
    const hits = [
      { labels: ['reading*'], priorities: ['LOW'], states: ['SCHEDULED'], readiness: ['READY'] },
      { patientIds: ['P-?7'], patientNames: ['doe*'], accessions: ['A-1'], studyUids: [studyUid, '1.2'] },
      { uids: [one.uid], scheduled: { from: eve } },
    ];
    const misses = [
      { labels: ['reading-room%7'] },
      { priorities: ['HIGH'] },
      { states: ['COMPLETED'] },
      { scheduled: { to: eve } },
      { studyUids: ['1.2'] },
    ];
    expect(await Promise.all(hits.map(search))).toEqual(hits.map(() => true));
    expect(await Promise.all(misses.map(search))).toEqual(misses.map(() => false));
  });

  it('is found by its codes, one item having all that is asked of a sequence, and by what is told beside them', async () => {
    const coded = (value: string, scheme: string) => ({
      '00080100': { vr: 'SH', Value: [value] },
      '00080102': { vr: 'SH', Value: [scheme] },
    });
    const dataSet = {
      '00100030': { vr: 'DA', Value: ['19700101'] },
      '00100040': { vr: 'CS', Value: ['F'] },
      '00404018': { vr: 'SQ', Value: [coded('1', 'SCT'), coded('2', 'DCM')] },
      '00741204': { vr: 'LO', Value: ['Lung nodules'] },
    };
    const one = await create(item(fresh(), { dataSet }));
    const studyUid = fresh();
    await arrive(studyUid);
    await completed(studyUid);
    const ofRoutes = [coded('110001', 'DCM')];
    const codes = (value: string, scheme: string, sequence = '00404018') => ({
      codes: [{ sequence, values: { '00080100': [value], '00080102': [scheme] }, ofRoutes }],
    });
    const hits = async (match: object): Promise<readonly boolean[]> => {
      const page = await storage.workitems.store.search({ tenant: 'north', match, limit: 1_000, offset: 0 });
      return [page.some(({ uid }) => uid === one.uid), page.some((found) => found.studyUid === studyUid)];
    };
    const answers: readonly (readonly [object, boolean, boolean])[] = [
      [codes('2', 'DCM'), true, false],
      [codes('?', 'S*'), true, false],
      [codes('1', 'DCM'), false, false],
      [codes('110001', 'DCM'), false, true],
      [codes('2', 'DCM', '00404026'), false, false],
      [{ stepLabels: ['Lung*'], born: { from: '19691231', to: '19700101' }, sexes: ['F'] }, true, false],
      [{ stepLabels: ['Lung*'], sexes: ['M'] }, false, false],
      [{ born: { from: '19700102' } }, false, false],
      [{ stepLabels: ['c?'] }, false, true],
    ];
    for (const [match, created, routed] of answers)
      expect([match, await hits(match)]).toEqual([match, [created, routed]]);
  });

  it('forgets the patient some time after the end, and remembers that it was here', async () => {
    const { store } = storage.workitems;
    const one = await create(item(fresh(), { patientName: 'Doe^Jane', dataSet: { '00100010': { vr: 'PN' } } }));
    await store.cancel(one, 0, one.dataSet, eventOf());
    expect(await store.purge(new Date(Date.now() - 60_000), 100)).toBe(0);
    expect(await store.purge(new Date(Date.now() + 60_000), 1_000)).toBeGreaterThan(0);
    expect(await store.find(one)).toBe('removed');
    const { rows } = await database.superuser((sql) =>
      sql.query<{ row: string }>('SELECT workitem::text AS row FROM workitem WHERE uid = $1', [one.uid]),
    );
    expect(rows[0]?.row).not.toContain('Doe');
    expect(await store.create(one, eventOf())).toBe(false);
  });

  it('goes with its study where that is removed without a trace', async () => {
    const studyUid = fresh();
    const named = await create(item(fresh(), { studyUids: [studyUid] }));
    await arrive(studyUid);
    const one = await create(ordered(studyUid));
    await storage.workitems.orders.place(one);
    await database.superuser(async (sql) => {
      await sql.query(`INSERT INTO dicom_study (tenant, study_uid, sender) VALUES ('north', $1, 'CT')`, [studyUid]);
      await sql.query('DELETE FROM dicom_study WHERE study_uid = $1', [studyUid]);
    });
    expect(await storage.workitems.store.find(one)).toBeUndefined();
    expect(await storage.workitems.store.find(named)).toBeUndefined();
  });
});
