import { randomUUID } from 'node:crypto';
import { newEventId, type ActivityEvent } from '@medserve/events';
import { LostLeaseError, NO_PLAN, type Completion, type StudyRun, type StudyWork } from '@medserve/studies';
import { startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';

const run = (name: string, more: Partial<StudyRun> = {}): StudyRun => ({
  route: 'ct',
  name,
  task: 'measure',
  parameters: {},
  class: 'routine',
  deadlineMs: 900_000,
  isOptional: false,
  seriesUid: '1.2',
  instances: ['1.2.1', '1.2.2'],
  state: 'waiting',
  attempts: 0,
  ...more,
});

const completion = (more: Partial<Completion> = {}): Completion => ({
  because: 'quiet',
  instances: 2,
  series: 1,
  modalities: ['CT'],
  class: 'routine',
  plan: { ...NO_PLAN, routes: ['ct'], wants: ['sr'], deliver: 'all' },
  runs: [run('tissue')],
  verdicts: [],
  ...more,
});

const eventOf = (event: ActivityEvent['event'] = 'study_received'): ActivityEvent => ({
  id: newEventId(),
  schema: 1,
  event,
  at: new Date().toISOString(),
  tenant: 'north',
  actor: 'gateway',
  subject: 'study:0123',
  outcome: 'success',
});

describe('the studies that are kept', () => {
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

  /** So many instances, in one statement as the archive adds them. */
  const arrive = (studyUid: string, count = 2, { tenant = 'north', door = 'dimse' } = {}): Promise<unknown> =>
    database.superuser((sql) =>
      sql.query(
        `INSERT INTO dicom_instance (tenant, sop_instance_uid, study_uid, series_uid, sop_class_uid, transfer_syntax_uid, file,
           data_set_offset, bytes, sha256, door, attributes, names, received_at)
         SELECT $1, $2 || '.' || uid, $2, '1.2', '1.2', '1.2', uid, 0, 1, '\\x00', $3, '{}', '{}', now()
         FROM unnest($4::uuid[]) AS came (uid)`,
        [tenant, studyUid, door, Array.from({ length: count }, () => randomUUID())],
      ),
    );

  const make = (key: { readonly studyUid: string; readonly generation: number }) => ({
    kind: 'sr' as const,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.88.34',
    sopInstanceUid: `2.25.${key.studyUid}.${String(key.generation)}`,
    seriesUid: `2.25.1${key.studyUid}`,
  });

  /** The generation of a study that is due, held. */
  const hold = async (studyUid: string, holder = 'engine-1', leaseMs = 60_000): Promise<StudyWork> => {
    const claimed = await storage.studies.store.claim(holder, 100, leaseMs);
    await Promise.all(
      claimed.filter((one) => one.studyUid !== studyUid).map((one) => storage.studies.store.handBack(one)),
    );
    const found = claimed.find((one) => one.studyUid === studyUid);
    if (found === undefined) throw new Error('it is not due');
    return found;
  };
  const completed = async (studyUid: string, more: Partial<Completion> = {}): Promise<StudyWork> => {
    const { store } = storage.studies;
    const work = await hold(studyUid);
    expect(await store.complete(work, work.arrivals, completion(more), eventOf())).toBe(true);
    return store.read(work);
  };
  const exported = async (studyUid: string): Promise<StudyWork> => {
    const { store } = storage.studies;
    const work = await completed(studyUid);
    await store.begin(work, run('tissue'));
    await store.endRun(work, run('tissue'), { state: 'answered', request: newEventId() });
    await store.inferred(work);
    await store.exporting(work, [make(work)], ['PACS'], 300_000);
    return work;
  };
  const generations = async (studyUid: string, tenant = 'north') =>
    (await storage.studies.list.find(tenant, studyUid)).map(({ generation, state, reason }) => [
      generation,
      state,
      reason,
    ]);

  it('begin with the first instance, and stay one generation until they are complete', async () => {
    await arrive('1.1');
    await arrive('1.1', 3);
    const work = await hold('1.1');
    expect(work).toMatchObject({ state: 'receiving', generation: 1, arrivals: 5, runs: [], attempts: 0 });
    expect(await generations('1.1')).toEqual([[1, 'receiving', null]]);
  });

  it('are not begun by what we put into the archive ourselves, nor for another tenant', async () => {
    await arrive('1.2', 1, { door: 'own' });
    expect(await generations('1.2')).toEqual([]);
    await arrive('1.2', 1, { tenant: 'south' });
    expect(await generations('1.2')).toEqual([]);
    expect(await generations('1.2', 'south')).toEqual([[1, 'receiving', null]]);
  });

  it('are not complete on fewer instances than came', async () => {
    await arrive('1.3');
    const work = await hold('1.3');
    await arrive('1.3');
    expect(await storage.studies.store.complete(work, work.arrivals, completion(), eventOf())).toBe(false);
    expect(await generations('1.3')).toEqual([[1, 'receiving', null]]);
  });

  it('begin another generation with what comes late, which takes the place of one without results', async () => {
    await arrive('1.4');
    const first = await completed('1.4');
    await arrive('1.4', 1);
    expect(await generations('1.4')).toEqual([
      [2, 'receiving', null],
      [1, 'complete', null],
    ]);
    await storage.studies.store.release(first, 60_000);
    await completed('1.4');
    expect(await generations('1.4')).toEqual([
      [2, 'complete', null],
      [1, 'skipped', 'superseded'],
    ]);
    await expect(storage.studies.store.begin(first, run('tissue'))).rejects.toThrow(LostLeaseError);
  });

  it('lose no instance to a generation that is completed at the same moment', async () => {
    for (let round = 0; round < 20; round += 1) {
      const studyUid = `1.5.${String(round)}`;
      await arrive(studyUid);
      const work = await hold(studyUid);
      const [isComplete] = await Promise.all([
        storage.studies.store.complete(work, work.arrivals, completion(), eventOf()),
        arrive(studyUid, 1),
      ]);
      const open = (await generations(studyUid)).find(([, state]) => state === 'receiving');
      expect(open?.[0]).toBe(isComplete ? 2 : 1);
    }
  });

  it('are held by one engine at a time, and by the next when its lease is over', async () => {
    await arrive('1.6');
    const first = await hold('1.6', 'engine-1', 1);
    const second = await hold('1.6', 'engine-2');
    expect(second.token).toBe(first.token + 1);
    const { store } = storage.studies;
    await expect(store.renew(first, 1_000)).rejects.toThrow(LostLeaseError);
    await expect(store.read(first)).rejects.toThrow(LostLeaseError);
    await expect(store.complete(first, first.arrivals, completion(), eventOf())).rejects.toThrow(LostLeaseError);
    await expect(store.release(first, 0)).rejects.toThrow(LostLeaseError);
    await expect(hold('1.6', 'engine-3')).rejects.toThrow('it is not due');
  });

  it('of one tenant do not keep the only one of another waiting', async () => {
    const { store } = storage.studies;
    await database.superuser((sql) => sql.query('DELETE FROM study_generation'));
    for (const uid of ['1.20.1', '1.20.2', '1.20.3', '1.20.4', '1.20.5']) await arrive(uid);
    await arrive('1.20.9', 1, { tenant: 'south' });
    const taken = (await store.claim('engine-1', 2, 60_000)).map(({ tenant }) => tenant);
    expect(taken.sort()).toEqual(['north', 'south']);
    await arrive('1.20.8', 1, { tenant: 'south' });
    await arrive('1.20.7', 1, { tenant: 'west' });
    // Each of the two has one already, and the third has none.
    expect((await store.claim('engine-1', 1, 60_000)).map(({ tenant }) => tenant)).toEqual(['west']);
    await database.superuser((sql) => sql.query('DELETE FROM study_generation'));
  });

  it('that are urgent, or only have to be looked at, are claimed past those that a model is asked about', async () => {
    const { store } = storage.studies;
    for (const [uid, urgency] of [
      ['1.21.1', 'routine'],
      ['1.21.2', 'urgent'],
    ] as const) {
      await arrive(uid);
      await store.handBack(await completed(uid, { class: urgency }));
    }
    await arrive('1.21.3');
    const taken = await store.claim('engine-1', 10, 60_000, true);
    expect(taken.map(({ studyUid }) => studyUid).sort()).toEqual(['1.21.2', '1.21.3']);
    await database.superuser((sql) => sql.query('DELETE FROM study_generation'));
  });

  it('count whoever held them and was heard of no more, until somebody lets go of them', async () => {
    await arrive('1.22');
    for (const losses of [0, 1, 2]) {
      expect((await hold('1.22', 'engine', 1)).losses).toBe(losses);
      await database.superuser((sql) =>
        sql.query(`UPDATE study_generation SET lease_until = now() - interval '1 s' WHERE study_uid = '1.22'`),
      );
    }
    await storage.studies.store.release(await hold('1.22'), 0);
    expect((await hold('1.22')).losses).toBe(0);
  });

  it('are not kept from anybody by a sign of life of one who has let go', async () => {
    await arrive('1.23');
    const work = await hold('1.23');
    await storage.studies.store.release(work, 0);
    await expect(storage.studies.store.renew(work, 60_000)).rejects.toThrow(LostLeaseError);
    expect(await hold('1.23', 'engine-2')).toBeDefined();
  });

  it('keep their results where what came later was nothing new', async () => {
    const { store } = storage.studies;
    await arrive('1.24');
    const first = await completed('1.24');
    await store.begin(first, run('tissue'));
    await store.endRun(first, run('tissue'), { state: 'answered', request: newEventId() });
    await store.inferred(first);
    await arrive('1.24', 1);
    await completed('1.24', { runs: [], why: { code: 'unchanged', says: 'nothing new' } });
    await store.exporting(first, [make(first)], ['PACS'], 300_000);
    expect(await generations('1.24')).toEqual([
      [2, 'skipped', 'unchanged'],
      [1, 'exporting', null],
    ]);
    await store.end(first, 'failed', { code: 'undelivered', says: 'not delivered to PACS' });
    expect(await storage.studies.orders.requeue('north', '1.24', () => eventOf('study_requeued'))).toMatchObject({
      kind: 'done',
      generation: 1,
      state: 'exporting',
    });
  });

  it('end their last run and all of them in one commit, and neither for one who has lost them', async () => {
    const { store } = storage.studies;
    await arrive('1.27');
    const work = await completed('1.27');
    await store.begin(work, run('tissue'));
    const last = { run: run('tissue'), end: { state: 'answered', request: newEventId() } } as const;
    await expect(store.inferred({ ...work, token: work.token - 1 }, last)).rejects.toThrow(LostLeaseError);
    expect(await store.read(work)).toMatchObject({ state: 'inferring', runs: [{ state: 'waiting' }] });
    const inferredAt = await store.inferred(work, last);
    expect(await store.read(work)).toMatchObject({ state: 'inferred', inferredAt, runs: [{ state: 'answered' }] });
  });

  it('are let go of in the commit that puts their results on their way, at once where that is to nobody', async () => {
    const { store } = storage.studies;
    await arrive('1.28');
    const work = await exported('1.28');
    await expect(store.renew(work, 60_000)).rejects.toThrow(LostLeaseError);
    await expect(hold('1.28')).rejects.toThrow('it is not due');
    await arrive('1.29');
    const alone = await completed('1.29');
    await store.inferred(alone, { run: run('tissue'), end: { state: 'answered', request: newEventId() } });
    await store.exporting(alone, [make(alone)], [], 300_000);
    expect(await hold('1.29')).toMatchObject({ state: 'exporting' });
  });

  it('are looked at as soon as their last delivery has ended, however it did', async () => {
    const { store } = storage.studies;
    const { deliveries } = storage;
    await arrive('1.25');
    await exported('1.25');
    await expect(hold('1.25')).rejects.toThrow('it is not due');
    const [sending] = await deliveries
      .claim({ tenant: 'north', destination: 'PACS' }, 100, 60_000)
      .then((claimed) => claimed.filter(({ studyUid }) => studyUid === '1.25'));
    if (sending === undefined) throw new Error('nothing is to be sent');
    await deliveries.dead(sending, { reason: 'content_refused', isAnswer: true, arrived: [] });
    // Whoever looked just before it ended lets go, and is not late for it either.
    await store.release(await hold('1.25'), 300_000);
    expect(await hold('1.25')).toMatchObject({ state: 'exporting' });
  });

  it('told to go while somebody looks at them are looked at again at once', async () => {
    await arrive('1.26');
    const work = await hold('1.26');
    await storage.studies.orders.go('north', '1.26', () => eventOf('study_requeued'));
    await storage.studies.store.release(work, 300_000);
    expect((await hold('1.26')).goAt).toBeInstanceOf(Date);
  });

  it('are claimed the most urgent first', async () => {
    await arrive('1.7.1');
    await completed('1.7.1', { class: 'routine' }).then((work) => storage.studies.store.handBack(work));
    await arrive('1.7.2');
    await completed('1.7.2', { class: 'stat' }).then((work) => storage.studies.store.handBack(work));
    const [first] = await storage.studies.store.claim('engine-1', 1, 60_000);
    expect(first?.studyUid).toBe('1.7.2');
  });

  it('go from state to state, each with what was made, until they are exported', async () => {
    const { store, list } = storage.studies;
    await arrive('1.8');
    const work = await exported('1.8');
    expect(await store.deliveries(work)).toEqual([{ destination: 'PACS', state: 'waiting', attempts: 0 }]);
    expect(await store.results(work)).toEqual([make(work)]);
    await store.end(work, 'exported');
    const [found] = await list.find('north', '1.8');
    expect(found).toMatchObject({
      state: 'exported',
      routes: ['ct'],
      modalities: ['CT'],
      because: 'quiet',
      runs: [{ route: 'ct', name: 'tissue', state: 'answered', instances: 2, attempts: 1 }],
      results: [{ kind: 'sr' }],
      deliveries: [{ destination: 'PACS', state: 'waiting' }],
    });
    expect(found?.exportedAt).toBeInstanceOf(Date);
    await expect(hold('1.8')).rejects.toThrow('it is not due');
  });

  it('make the same results once, however often a cut-off engine makes them', async () => {
    const { store } = storage.studies;
    await arrive('1.9');
    const work = await exported('1.9');
    await expect(store.exporting(work, [make(work)], ['PACS'], 300_000)).rejects.toThrow(LostLeaseError);
    expect(await store.deliveries(work)).toHaveLength(1);
  });

  it('know what the generation before was answered from, and its report', async () => {
    const { store } = storage.studies;
    await arrive('1.10');
    const first = await exported('1.10');
    await store.release(first, 60_000);
    await arrive('1.10', 1);
    const second = await hold('1.10');
    expect(await store.runsBefore(second)).toMatchObject([{ name: 'tissue', instances: ['1.2.1', '1.2.2'] }]);
    expect(await store.resultsBefore(second)).toEqual([make(first)]);
    expect(await store.runsBefore(first)).toBeUndefined();
  });

  it('tell for which run of which generation a request was made, to their own tenant', async () => {
    const { store } = storage.studies;
    await arrive('1.31');
    const { request = '' } = (await store.runs(await exported('1.31')))[0] ?? {};
    expect(await store.runOfRequest('north', request)).toEqual({ name: 'ct/tissue', generation: 1, answered: 1 });
    expect(await store.runOfRequest('south', request)).toBeUndefined();
    expect(await store.runOfRequest('north', newEventId())).toBeUndefined();
  });

  it('say why they wait, and forget it when they go on', async () => {
    const { store, list } = storage.studies;
    await arrive('1.11');
    const work = await completed('1.11');
    await store.release(work, 0, { reason: 'model_loading' });
    expect((await list.find('north', '1.11'))[0]).toMatchObject({ waitsFor: 'model_loading' });
    const again = await hold('1.11');
    expect(again.attempts).toBe(1);
    await store.begin(again, run('tissue'));
    await store.endRun(again, run('tissue'), { state: 'failed', reason: 'mixed_series' });
    expect(await store.read(again)).toMatchObject({ attempts: 0, runs: [{ state: 'failed', reason: 'mixed_series' }] });
  });

  it('are told of in the commit that completes them', async () => {
    await arrive('1.12');
    const work = await hold('1.12');
    const event = eventOf();
    const isTold = () =>
      database.superuser(
        async (sql) => (await sql.query('SELECT 1 FROM outbox WHERE event = $1', [event.id])).rows.length,
      );
    await storage.studies.store.complete(work, work.arrivals + 1, completion(), event);
    expect(await isTold()).toBe(0);
    await storage.studies.store.complete(work, work.arrivals, completion(), event);
    expect(await isTold()).toBe(1);
  });

  it('are forgotten with their study, when that is removed without a trace', async () => {
    await arrive('1.13');
    await exported('1.13');
    await database.superuser(async (sql) => {
      await sql.query(`INSERT INTO dicom_study (tenant, study_uid, sender) VALUES ('north', '1.13', 'CT1')`);
      await sql.query(`DELETE FROM dicom_study WHERE study_uid = '1.13'`);
    });
    expect(await generations('1.13')).toEqual([]);
    expect(await storage.studies.store.deliveries({ tenant: 'north', studyUid: '1.13', generation: 1 })).toEqual([]);
  });

  describe('by order', () => {
    const tell = () => eventOf('study_requeued');

    it('go, though they are still being received', async () => {
      await arrive('2.1');
      await hold('2.1').then((work) => storage.studies.store.release(work, 60_000));
      expect(await storage.studies.orders.go('north', '2.1', tell)).toEqual({
        kind: 'done',
        generation: 1,
        state: 'receiving',
      });
      expect((await hold('2.1')).goAt).toBeInstanceOf(Date);
    });

    it('are cancelled while they have no results, and whoever works on them writes nothing more', async () => {
      await arrive('2.2');
      const work = await completed('2.2');
      expect(await storage.studies.orders.cancel('north', '2.2', tell)).toMatchObject({
        kind: 'done',
        state: 'skipped',
      });
      await expect(storage.studies.store.begin(work, run('tissue'))).rejects.toThrow(LostLeaseError);
      expect(await generations('2.2')).toEqual([[1, 'skipped', 'cancelled']]);
    });

    it('are requeued where a run had failed: that run is asked again, and no other', async () => {
      const { store, orders } = storage.studies;
      await arrive('2.3');
      const work = await completed('2.3', { runs: [run('a'), run('b')] });
      await store.begin(work, run('a'));
      await store.endRun(work, run('a'), { state: 'answered', request: newEventId() });
      await store.endRun(work, run('b'), { state: 'failed', reason: 'model_broken' });
      await store.end(work, 'failed', { code: 'run_failed', says: 'b failed' });
      expect(await orders.requeue('north', '2.3', tell)).toMatchObject({ kind: 'done', state: 'complete' });
      expect((await hold('2.3')).runs).toMatchObject([
        { name: 'a', state: 'answered' },
        { name: 'b', state: 'waiting', attempts: 0 },
      ]);
    });

    it('are requeued where a delivery was dead: it is sent again', async () => {
      const { store, orders } = storage.studies;
      await arrive('2.4');
      const work = await exported('2.4');
      await database.superuser((sql) =>
        sql.query(`UPDATE delivery SET state = 'dead', settled_at = now() WHERE study_uid = '2.4'`),
      );
      await store.end(work, 'failed', { code: 'undelivered', says: 'not delivered to PACS' });
      expect(await orders.requeue('north', '2.4', tell)).toMatchObject({ kind: 'done', state: 'exporting' });
      expect(await store.deliveries(work)).toMatchObject([{ state: 'waiting', attempts: 0 }]);
    });

    it('are requeued where no route took them: the routes decide anew, at once', async () => {
      await arrive('2.5');
      const why = { code: 'no_route', says: 'no route takes US' } as const;
      await completed('2.5', { runs: [], why, plan: NO_PLAN });
      expect(await generations('2.5')).toEqual([[1, 'skipped', 'no_route']]);
      expect(await storage.studies.orders.requeue('north', '2.5', tell)).toMatchObject({ state: 'receiving' });
      expect((await hold('2.5')).goAt).toBeInstanceOf(Date);
    });

    it('are refused what their state does not allow, and then nothing is told', async () => {
      const { store, orders } = storage.studies;
      await arrive('2.6');
      const work = await exported('2.6');
      const told = jest.fn(tell);
      expect(await orders.go('north', '2.6', told)).toMatchObject({ kind: 'refused', state: 'exporting' });
      expect(await orders.cancel('north', '2.6', told)).toMatchObject({ kind: 'refused', state: 'exporting' });
      await store.end(work, 'exported');
      expect(await orders.requeue('north', '2.6', told)).toMatchObject({ kind: 'refused', state: 'exported' });
      expect(told).not.toHaveBeenCalled();
    });

    it('are not there for another tenant', async () => {
      await arrive('2.7');
      expect(await storage.studies.orders.go('south', '2.7', tell)).toBeUndefined();
    });
  });

  it('are listed the newest first, page by page, by state, route, modality and time', async () => {
    const tenant = 'lister';
    for (const studyUid of ['3.1', '3.2', '3.3']) await arrive(studyUid, 1, { tenant });
    const list = (more: object = {}) => storage.studies.list.list({ tenant, limit: 2, ...more });
    const page = await list();
    expect(page.map(({ studyUid }) => studyUid)).toEqual(['3.3', '3.2']);
    const last = page[1] as (typeof page)[number];
    expect((await list({ after: last })).map(({ studyUid }) => studyUid)).toEqual(['3.1']);
    const work = await hold('3.1');
    await storage.studies.store.complete(work, work.arrivals, completion(), { ...eventOf(), tenant });
    expect((await list({ states: ['complete'] })).map(({ studyUid }) => studyUid)).toEqual(['3.1']);
    expect((await list({ route: 'ct' })).map(({ studyUid }) => studyUid)).toEqual(['3.1']);
    expect((await list({ modality: 'CT' })).map(({ studyUid }) => studyUid)).toEqual(['3.1']);
    expect(await list({ route: 'mr' })).toEqual([]);
    expect(await list({ since: new Date(Date.now() + 60_000) })).toEqual([]);
    expect(await storage.studies.list.sums(tenant)).toEqual(
      expect.arrayContaining([
        { state: 'complete', studies: 1, oldestSeconds: expect.any(Number) as number },
        { state: 'receiving', studies: 2, oldestSeconds: expect.any(Number) as number },
      ]),
    );
  });

  it('are counted over all tenants for metrics, by route and state', async () => {
    await arrive('4.1', 1, { tenant: 'counted' });
    const standing = await storage.studies.list.standing();
    expect(standing).toContainEqual({
      route: 'none',
      state: 'receiving',
      studies: expect.any(Number) as number,
      oldestSeconds: expect.any(Number) as number,
    });
  });
});
