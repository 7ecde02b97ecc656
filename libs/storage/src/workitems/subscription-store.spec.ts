import { randomUUID } from 'node:crypto';
import type { ActivityEvent } from '@medserve/events';
import { NO_PLAN, type Completion, type StudyWork, type WorkitemDataSet } from '@medserve/studies';
import { activityEvent, startTestDatabase, type TestDatabase } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';
import type { Subscribed, Subscriber, WaitingReport } from './subscription-rows';
import type { NewWorkitem } from './workitem-rows';

const eventOf = (tenant = 'north'): ActivityEvent =>
  activityEvent({ event: 'workitem_changed', tenant, subject: 'workitem:0123' });

let last = 0;
const fresh = (): string => `2.25.${String(Date.now())}${String((last += 1))}`;
const freshAet = (): string => `AET${String((last += 1))}`;

const ALL: Subscribed = { of: 'all' };
const text = (vr: string, value: string) => ({ vr, Value: [value] });

/** A report in short: whose, and what it says. */
const short = ({ uid, uuid, event, says }: WaitingReport): unknown[] => {
  const value = (tag: string): unknown => says[tag]?.Value?.[0];
  return event === 1 ? [uid ?? uuid, value('00741000'), value('00404041')] : [uid ?? uuid, event, says];
};

describe('subscriptions to the worklist', () => {
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

  const store = () => storage.workitems.store;
  const create = async (more: Partial<NewWorkitem> = {}): Promise<NewWorkitem> => {
    const one: NewWorkitem = {
      tenant: 'north',
      uid: fresh(),
      label: 'reading-room',
      priority: 'MEDIUM',
      readiness: 'READY',
      scheduledAt: new Date('2026-11-26T06:00:00Z'),
      studyUids: [],
      inputs: [],
      dataSet: {},
      ...more,
    };
    expect(await store().create(one, eventOf(one.tenant))).toBe(true);
    return one;
  };
  const subscribe = async (
    subscribed: Subscribed,
    { isLocked = false, tenant = 'north', aet = freshAet() } = {},
  ): Promise<Subscriber> => {
    const subscriber = { tenant, aet };
    const { subscriptions } = storage.workitems;
    expect(await subscriptions.subscribe(subscriber, subscribed, isLocked, eventOf(tenant))).toBe(true);
    return subscriber;
  };
  const unsubscribe = (subscriber: Subscriber, subscribed: Subscribed): Promise<boolean> =>
    storage.workitems.subscriptions.unsubscribe(subscriber, subscribed, eventOf(subscriber.tenant));
  const one = ({ uid }: { readonly uid: string }): Subscribed => ({ of: 'workitem', uid });
  /** All that is still to be told, which is told by that. */
  const heard = async (subscriber: Subscriber): Promise<unknown[]> => {
    const { subscriptions } = storage.workitems;
    const reports = await subscriptions.next(subscriber, 100);
    await subscriptions.told(
      subscriber,
      reports.map(({ position }) => position),
    );
    return reports.map(short);
  };
  const changed = async (of: NewWorkitem, dataSet: WorkitemDataSet, more: Partial<NewWorkitem> = {}): Promise<void> => {
    const found = await store().find(of);
    if (found === undefined || found === 'removed') throw new Error('there is no such workitem');
    expect(await store().update(of, found.revision, { ...of, ...more, dataSet }, eventOf())).toBe(true);
  };
  const claim = async (of: NewWorkitem): Promise<void> => {
    expect(await store().claim(of, '2.25.1', eventOf())).toBe(true);
  };
  const end = async (of: NewWorkitem): Promise<void> => {
    const found = await store().find(of);
    if (found === undefined || found === 'removed') throw new Error('there is no such workitem');
    const by = { transactionUid: '2.25.1', revision: found.revision };
    expect(await store().end(of, by, 'COMPLETED', {}, eventOf())).toBe(true);
  };

  it('to a workitem tells how it stands, and then what becomes of it', async () => {
    const [item, other] = [await create({ readiness: 'INCOMPLETE' }), await create()];
    const subscriber = await subscribe(one(item));
    await changed(item, {}, { readiness: 'READY' });
    await claim(item);
    await claim(other);
    await end(item);
    expect(await heard(subscriber)).toEqual([
      [item.uid, 'SCHEDULED', 'INCOMPLETE'],
      [item.uid, 'SCHEDULED', 'READY'],
      [item.uid, 'IN PROGRESS', 'READY'],
      [item.uid, 'COMPLETED', 'READY'],
    ]);
    expect(await heard(subscriber)).toEqual([]);
  });

  it('keeps what was not told', async () => {
    const item = await create();
    const subscriber = await subscribe(one(item));
    await claim(item);
    const { subscriptions } = storage.workitems;
    expect(await subscriptions.next(subscriber, 1)).toHaveLength(1);
    expect(await subscriptions.waiting([{ tenant: 'north', aet: 'NOBODY' }, subscriber])).toEqual([subscriber]);
    expect(await heard(subscriber)).toHaveLength(2);
    expect(await subscriptions.waiting([subscriber])).toEqual([]);
  });

  it('to the worklist tells of what comes after it; with a deletion lock, how all of it stands, too', async () => {
    const before = await create({ tenant: 'south' });
    const later = await subscribe(ALL, { tenant: 'south' });
    const locked = await subscribe(ALL, { tenant: 'south', isLocked: true });
    const after = await create({ tenant: 'south' });
    await store().claim(before, '2.25.1', eventOf('south'));
    const [scheduled, claimed] = [
      [after.uid, 'SCHEDULED', 'READY'],
      [before.uid, 'IN PROGRESS', 'READY'],
    ];
    expect(await heard(later)).toEqual([scheduled, claimed]);
    expect(await heard(locked)).toEqual([[before.uid, 'SCHEDULED', 'READY'], scheduled, claimed]);
  });

  it('hears nothing of other tenants', async () => {
    const foreign = await subscribe(ALL, { tenant: 'east', aet: 'SAME' });
    const own = await subscribe(ALL, { aet: 'SAME' });
    const item = await create();
    expect(await heard(foreign)).toEqual([]);
    expect(await heard(own)).toEqual([[item.uid, 'SCHEDULED', 'READY']]);
    await unsubscribe(own, ALL);
  });

  it('to the worklist can leave one out, and takes it up again', async () => {
    const item = await create();
    const subscriber = await subscribe(ALL);
    expect(await unsubscribe(subscriber, one(item))).toBe(true);
    await claim(item);
    expect(await heard(subscriber)).toEqual([]);
    await subscribe(one(item), { aet: subscriber.aet });
    await end(item);
    expect(await heard(subscriber)).toEqual([
      [item.uid, 'IN PROGRESS', 'READY'],
      [item.uid, 'COMPLETED', 'READY'],
    ]);
    await unsubscribe(subscriber, ALL);
  });

  it('that is suspended goes on with what was there', async () => {
    const subscriber = await subscribe(ALL);
    const item = await create();
    const { subscriptions } = storage.workitems;
    expect(await subscriptions.suspend(subscriber, 'all', eventOf())).toBe(true);
    const later = await create();
    await claim(item);
    await claim(later);
    expect(await heard(subscriber)).toEqual([
      [item.uid, 'SCHEDULED', 'READY'],
      [item.uid, 'IN PROGRESS', 'READY'],
    ]);
    expect(await subscriptions.suspend({ tenant: 'north', aet: 'NOBODY' }, 'all', eventOf())).toBe(false);
    await unsubscribe(subscriber, ALL);
  });

  it('ends whole with that to the worklist, and takes what was not told with it', async () => {
    const item = await create();
    const subscriber = await subscribe(one(item));
    await subscribe(ALL, { aet: subscriber.aet });
    await claim(item);
    expect(await unsubscribe(subscriber, ALL)).toBe(true);
    await end(item);
    expect(await heard(subscriber)).toEqual([]);
    expect(await unsubscribe(subscriber, ALL)).toBe(false);
    expect(await unsubscribe(subscriber, one(item))).toBe(false);
  });

  it('by a filter tells of what matches it', async () => {
    const filter = { labels: ['stroke*'], scheduled: { from: new Date('2026-11-26T05:00:00Z') } };
    const subscriber = await subscribe({ of: 'matching', filter });
    const [item] = [await create({ label: 'stroke-team' }), await create({ label: 'reading-room' })];
    await create({ label: 'stroke-team', scheduledAt: new Date('2026-11-26T04:00:00Z') });
    expect(await heard(subscriber)).toEqual([[item.uid, 'SCHEDULED', 'READY']]);
    const urgent = { of: 'matching', filter: { priorities: ['HIGH'], readiness: ['READY'] } } as const;
    await subscribe(urgent, { aet: subscriber.aet, isLocked: true });
    const high = await create({ priority: 'HIGH' });
    await claim(item);
    await create({ priority: 'HIGH', readiness: 'INCOMPLETE' });
    expect(await heard(subscriber)).toEqual([[high.uid, 'SCHEDULED', 'READY']]);
    await claim(high);
    expect(await unsubscribe(subscriber, urgent)).toBe(true);
    expect(await heard(subscriber)).toEqual([]);
    expect(await unsubscribe(subscriber, urgent)).toBe(false);
  });

  it('tells one that ends unclaimed as if it had been in progress, with the reason', async () => {
    const item = await create();
    const subscriber = await subscribe(one(item));
    const dataSet = { '00741002': { vr: 'SQ', Value: [{ '00741238': text('LT', 'moved to another day') }] } };
    expect(await store().cancel(item, 0, dataSet, eventOf())).toBe(true);
    const reports = await storage.workitems.subscriptions.next(subscriber, 10);
    expect(reports.map(short).map(([, state]) => state)).toEqual(['SCHEDULED', 'IN PROGRESS', 'CANCELED']);
    expect(reports.at(-1)?.says['00741238']).toEqual(text('LT', 'moved to another day'));
  });

  it('tells progress, assignment and a request to cancel as such, each once', async () => {
    const item = await create();
    const subscriber = await subscribe(one(item));
    await claim(item);
    await heard(subscriber);
    const progress = (done: string, more: WorkitemDataSet = {}) => ({
      vr: 'SQ',
      Value: [{ '00741004': text('DS', done), ...more }],
    });
    const performer = { '00404009': { vr: 'SQ', Value: [{ '00080100': text('SH', 'A1') }] } };
    await changed(item, { '00741002': progress('50') });
    const assigned = { '00404034': { vr: 'SQ', Value: [{ ...performer, '00404037': text('PN', 'x') }] } };
    await changed(item, { '00741002': progress('50'), ...assigned });
    const asked = progress('50', { '00741238': text('LT', 'patient left') });
    const found = await store().find(item);
    if (found === undefined || found === 'removed') throw new Error('there is no such workitem');
    const report = { event: 2, says: { '00741236': text('AE', 'RIS') } } as const;
    const dataSet = { '00741002': asked, ...assigned };
    expect(await store().update(item, found.revision, { ...item, dataSet }, eventOf(), report)).toBe(true);
    expect(await heard(subscriber)).toEqual([
      [item.uid, 3, { '00741002': progress('50') }],
      [item.uid, 5, performer],
      [item.uid, 2, report.says],
    ]);
  });

  it('tells a tenant that has too many, and renews what it has', async () => {
    const { subscriptions } = storage.workitems;
    const put = (what: string, count: number): Promise<unknown> =>
      database.superuser((sql) =>
        sql.query(
          `INSERT INTO workitem_subscription (tenant, aet, workitem) SELECT 'full', 'A' || number, ${what} FROM generate_series(1, $1) AS number`,
          [count],
        ),
      );
    const item = await create({ tenant: 'full' });
    const ask = (aet: string, subscribed: Subscribed): Promise<boolean> =>
      subscriptions.subscribe({ tenant: 'full', aet }, subscribed, false, eventOf('full'));
    await put(`'all'`, 100);
    expect([await ask('MORE', ALL), await ask('A7', ALL), await ask('MORE', one(item))]).toEqual([false, true, true]);
    await put(`'2.25.' || number`, 9_900);
    expect([await ask('OTHER', one(item)), await ask('MORE', one(item))]).toEqual([false, true]);
    await database.superuser((sql) => sql.query(`DELETE FROM workitem_subscription WHERE tenant = 'full'`));
  });

  it('loses no change that happens beside it', async () => {
    for (let round = 0; round < 30; round += 1) {
      const item = await create();
      const subscriber = { tenant: 'north', aet: freshAet() };
      const { subscriptions } = storage.workitems;
      await Promise.all([claim(item), subscriptions.subscribe(subscriber, one(item), false, eventOf())]);
      expect((await heard(subscriber)).at(-1)).toEqual([item.uid, 'IN PROGRESS', 'READY']);
    }
  });

  it('tells how workitems stand once, however often it is asked for', async () => {
    const item = await create({ tenant: 'often' });
    const subscriber = await subscribe(ALL, { tenant: 'often', isLocked: true });
    await subscribe(ALL, { ...subscriber, isLocked: true });
    await subscribe(one(item), subscriber);
    await subscribe(one(item), subscriber);
    expect(await heard(subscriber)).toEqual([[item.uid, 'SCHEDULED', 'READY']]);
  });

  it('tells the state of a workitem whose text the server cannot take apart', async () => {
    const subscriber = await subscribe(ALL, { tenant: 'nul' });
    const dataSet = { '00741002': { vr: 'SQ', Value: [{ '00741006': text('ST', 'a\u0000b') }] } };
    const item = await create({ tenant: 'nul', dataSet });
    expect(await store().cancel(item, 0, dataSet, eventOf('nul'))).toBe(true);
    expect(await heard(subscriber)).toEqual([
      [item.uid, 'SCHEDULED', 'READY'],
      [item.uid, 'IN PROGRESS', 'READY'],
      [item.uid, 'CANCELED', 'READY'],
    ]);
  });

  it('does not keep what nobody has fetched for a week', async () => {
    const subscriber = await subscribe(one(await create()));
    await database.superuser((sql) => sql.query(`UPDATE workitem_report SET at = at - interval '8 days'`));
    await store().purge(new Date(0), 1);
    expect(await heard(subscriber)).toEqual([]);
  });

  describe('and the work of routes', () => {
    const arrive = (studyUid: string): Promise<unknown> =>
      database.superuser((sql) =>
        sql.query(
          `INSERT INTO dicom_instance (tenant, sop_instance_uid, study_uid, series_uid, sop_class_uid, transfer_syntax_uid, file,
             data_set_offset, bytes, sha256, door, attributes, names, received_at)
           VALUES ('west', $1, $2, '1.2', '1.2', '1.2', $3, 0, 1, '\\x00', 'dimse', '{}', '{}', now())`,
          [`${studyUid}.1`, studyUid, randomUUID()],
        ),
      );
    const candidates = (studyUid: string, ...labels: readonly string[]): Promise<unknown> =>
      database.superuser((sql) =>
        sql.query('UPDATE study_generation SET candidates = $2 WHERE study_uid = $1', [studyUid, labels]),
      );
    const hold = async (studyUid: string): Promise<StudyWork> => {
      const found = (await storage.studies.store.claim('engine', 100, 60_000)).find(
        (work) => work.studyUid === studyUid,
      );
      if (found === undefined) throw new Error('it is not due');
      return found;
    };
    const completion: Completion = {
      because: 'quiet',
      instances: 1,
      series: 1,
      modalities: ['CT'],
      class: 'routine',
      plan: { ...NO_PLAN, routes: ['ct'], wants: ['sr'], deliver: 'all' },
      runs: [],
      verdicts: [{ route: 'other', why: { code: 'too_few_slices', says: 'only 1 slice' }, chosen: [], passedOver: [] }],
    };
    const uuidOf = async (studyUid: string, label: string): Promise<string> => {
      const question = { tenant: 'west', match: { studyUids: [studyUid], labels: [label] }, limit: 10, offset: 0 };
      return (await store().search(question))[0]?.uuid ?? '';
    };

    it('tell it from the first instance to the end, and work that is taken up again as another', async () => {
      const studyUid = fresh();
      const subscriber = await subscribe(ALL, { tenant: 'west' });
      await arrive(studyUid);
      await candidates(studyUid, 'ct', 'other');
      const [ct, other] = [await uuidOf(studyUid, 'ct'), await uuidOf(studyUid, 'other')];
      const work = await hold(studyUid);
      const event = { ...eventOf('west'), event: 'study_received' as const };
      expect(await storage.studies.store.complete(work, work.arrivals, completion, event)).toBe(true);
      await storage.studies.store.end(await storage.studies.store.read(work), 'failed', {
        code: 'run_failed',
        says: 'it failed',
      });
      const told = await heard(subscriber);
      const of = (uuid: string) => told.filter((report) => (report as unknown[])[0] === uuid);
      expect(of(ct)).toEqual([
        [ct, 'SCHEDULED', 'INCOMPLETE'],
        [ct, 'SCHEDULED', 'READY'],
        [ct, 'IN PROGRESS', 'READY'],
        [ct, 'CANCELED', 'READY'],
      ]);
      expect(of(other)).toEqual([
        [other, 'SCHEDULED', 'INCOMPLETE'],
        [other, 'IN PROGRESS', 'READY'],
        [other, 'CANCELED', 'READY'],
      ]);
      expect(told).toHaveLength(7);

      const requeued = { ...eventOf('west'), event: 'study_requeued' as const };
      const single = await subscribe({ of: 'workitem', uid: '2.25.1', uuid: ct }, { tenant: 'west' });
      await storage.studies.orders.requeue('west', studyUid, () => requeued);
      // Nothing more comes of the one that has ended.
      expect(await unsubscribe(single, { of: 'workitem', uid: '2.25.1', uuid: ct })).toBe(false);
      const again = await uuidOf(studyUid, 'ct');
      expect(again).not.toBe(ct);
      expect(await heard(subscriber)).toContainEqual([again, 'SCHEDULED', 'INCOMPLETE']);
      await unsubscribe(subscriber, ALL);
    });

    it('tell of a route that takes it no more while it comes in, and of none that it was already told of', async () => {
      const studyUid = fresh();
      const subscriber = await subscribe(ALL, { tenant: 'west' });
      await arrive(studyUid);
      await candidates(studyUid, 'ct', 'mr');
      const [ct, mr] = [await uuidOf(studyUid, 'ct'), await uuidOf(studyUid, 'mr')];
      await candidates(studyUid, 'ct', 'mr');
      await candidates(studyUid, 'ct');
      const told = await heard(subscriber);
      expect(told.filter((report) => (report as unknown[])[0] === ct)).toEqual([[ct, 'SCHEDULED', 'INCOMPLETE']]);
      expect(told.filter((report) => (report as unknown[])[0] === mr)).toEqual([
        [mr, 'SCHEDULED', 'INCOMPLETE'],
        [mr, 'IN PROGRESS', 'INCOMPLETE'],
        [mr, 'CANCELED', 'INCOMPLETE'],
      ]);
      await unsubscribe(subscriber, ALL);
    });

    it('is subscribed to by its UID, and forgotten with the study', async () => {
      const studyUid = fresh();
      await arrive(studyUid);
      await candidates(studyUid, 'ct');
      const uuid = await uuidOf(studyUid, 'ct');
      const subscriber = await subscribe({ of: 'workitem', uid: '2.25.1', uuid }, { tenant: 'west' });
      const reports = await storage.workitems.subscriptions.next(subscriber, 10);
      expect(reports.map(short)).toEqual([[uuid, 'SCHEDULED', 'INCOMPLETE']]);
      await database.superuser((sql) => sql.query('DELETE FROM study_generation WHERE study_uid = $1', [studyUid]));
      expect(await heard(subscriber)).toEqual([]);
      expect(await unsubscribe(subscriber, { of: 'workitem', uid: '2.25.1', uuid })).toBe(false);
    });
  });

  it('with a deletion lock keeps a workitem beyond the usual time, and goes with it at last', async () => {
    const [locked, free] = [await create(), await create()];
    const subscriber = await subscribe(one(locked), { isLocked: true });
    await subscribe(one(free), { aet: subscriber.aet });
    for (const item of [locked, free]) {
      await claim(item);
      await end(item);
    }
    const purge = (days: number): Promise<number> => store().purge(new Date(Date.now() + days * 86_400_000), 100);
    await purge(1);
    expect([await store().find(free), (await store().find(locked)) === 'removed']).toEqual(['removed', false]);
    await heard(subscriber);
    await purge(61);
    expect(await store().find(locked)).toBe('removed');
    expect(await unsubscribe(subscriber, one(locked))).toBe(false);
  });
});
