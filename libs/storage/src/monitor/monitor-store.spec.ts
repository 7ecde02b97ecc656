import { newEventId } from '@medserve/events';
import { acceptance, completion, startTestServer, type TestDatabase, type TestServer } from '@medserve/testkit';
import { openStorage, type Storage } from '../open-storage';
import type { ToldVerdict } from './monitor-rows';
import { ENTRIES, LostTurnError, type MonitorBatch, type MonitorChanges } from './monitor-store';

const DAY_MS = 86_400_000;
const CELL = { model: 'net', version: '1', site: 'north', scanner: 'ge:other' };
const NO_CHANGE: MonitorChanges = { totals: [], series: [] };
const ONE: MonitorChanges = { ...NO_CHANGE, totals: [{ name: 'results', labels: { site: 'north' }, value: 1 }] };

/** An id of so many days from now. */
function idIn(days: number): string {
  const time = (Date.now() + days * DAY_MS).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}${newEventId().slice(13)}`;
}

describe('MonitorStore', () => {
  let server: TestServer;
  let database: TestDatabase;
  let storage: Storage;
  let turn: number;

  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.stop(), 30_000);
  beforeEach(async () => {
    database = await server.database();
    storage = await openStorage({ url: database.url, poolSize: 3, applicationName: 'spec', role: 'monitor' });
    ({ turn } = await storage.monitor.recall());
  }, 30_000);
  afterEach(async () => {
    await storage.close();
    await database.close();
  }, 30_000);

  const count = (events: readonly string[], work: (batch: MonitorBatch) => MonitorChanges | Promise<MonitorChanges>) =>
    storage.monitor.count(events, { turn }, async (batch) => work(batch));
  const asMany = ({ fresh }: MonitorBatch): MonitorChanges => ({
    ...NO_CHANGE,
    totals: [...fresh].map(() => ({ name: 'results', labels: { site: 'north' }, value: 1 })),
  });

  it('counts an event once, however often it comes, in one batch or in many', async () => {
    const [one, other] = [newEventId(), newEventId()];
    await count([one, one], asMany);
    await Promise.all([count([one, other], asMany), count([other, one], asMany)]);
    expect(await storage.monitor.totals()).toEqual([{ name: 'results', labels: { site: 'north' }, value: 2 }]);
  });

  it('has counted nothing of a batch that fails', async () => {
    const event = newEventId();
    const failure = count([event], () => Promise.reject(new Error('no')));
    await expect(failure).rejects.toThrow('no');
    await count([event], asMany);
    expect(await storage.monitor.totals()).toEqual(ONE.totals);
  });

  it('takes what it has forgotten for counted, and what is newer for new', async () => {
    const old = idIn(-9);
    await count([old], asMany);
    await database.superuser((sql) => sql.query(`UPDATE monitor_event SET taken_at = now() - interval '9 days'`));
    await storage.monitor.forget();
    const { rows } = await database.superuser((sql) => sql.query('SELECT 1 FROM monitor_event'));
    expect(rows).toEqual([]);
    await count([old, newEventId()], asMany);
    expect(await storage.monitor.totals()).toEqual([{ name: 'results', labels: { site: 'north' }, value: 2 }]);
  });

  it('takes nothing for counted because of an id that was ahead of its time', async () => {
    const [old, ahead, later] = [idIn(-9), idIn(365), idIn(0)];
    await count([old, ahead], asMany);
    await database.superuser((sql) => sql.query(`UPDATE monitor_event SET taken_at = now() - interval '9 days'`));
    await storage.monitor.forget();
    await count([later, ahead], asMany);
    expect(await storage.monitor.totals()).toEqual([{ name: 'results', labels: { site: 'north' }, value: 3 }]);
  });

  it('lets nobody count but who recalled last, who sees all that was counted before', async () => {
    let proceed: () => void = () => undefined;
    const isHeld = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    let settle: () => void = () => undefined;
    const isCounting = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const counting = count([newEventId()], async (batch) => {
      settle();
      await isHeld;
      return asMany(batch);
    });
    await isCounting;
    const recalling = storage.monitor.recall();
    proceed();
    await counting;
    const memory = await recalling;
    expect(memory.totals).toEqual(ONE.totals);
    await expect(count([newEventId()], asMany)).rejects.toThrow(LostTurnError);
    expect(await storage.monitor.totals()).toEqual(ONE.totals);
  });

  it('brings an answer and what was said of it together, whichever comes first, and lets the latest stand', async () => {
    const [request, early] = [newEventId(), newEventId()];
    const told = (of: string, event: string, verdict: ToldVerdict['verdict']): ToldVerdict => ({
      request: of,
      event,
      verdict,
      isRight: verdict === 'attested',
    });
    const [first, second] = [newEventId(), newEventId()];
    const found: unknown[] = [];
    await count([newEventId()], async (batch) => {
      found.push(await batch.keepAnswers([{ ...CELL, request, score: 0.95 }]));
      found.push(await batch.keepVerdicts([told(request, second, 'overridden'), told(early, first, 'attested')]));
      found.push(await batch.keepVerdicts([told(request, first, 'attested')]));
      found.push(await batch.keepAnswers([{ ...CELL, request: early, score: 0.15 }]));
      return NO_CHANGE;
    });
    const reviewed = { ...CELL, request, score: 0.95, verdict: 'overridden', replaced: null };
    expect(found).toEqual([
      [],
      [reviewed],
      [],
      [{ ...CELL, request: early, score: 0.15, verdict: 'attested', replaced: null }],
    ]);
    const bin = { model: 'net', version: '1', site: 'north', count: 1 };
    expect(await storage.monitor.judged()).toEqual([
      { ...bin, bin: 1, scoreSum: 0.15, right: 1 },
      { ...bin, bin: 9, scoreSum: 0.95, right: 0 },
    ]);
  });

  it('tells which verdict a later one takes the place of, and lets the first answer of a request stand', async () => {
    const request = newEventId();
    const found: unknown[] = [];
    await count([newEventId()], async (batch) => {
      await batch.keepVerdicts([{ request, event: newEventId(), verdict: 'attested', isRight: true }]);
      await batch.keepVerdicts([{ request, event: newEventId(), verdict: 'overridden', isRight: null }]);
      found.push(await batch.keepAnswers([{ ...CELL, request, score: 0.95 }]));
      found.push(await batch.keepAnswers([{ ...CELL, site: 'south', request, score: 0.15 }]));
      for (const verdict of ['attested', 'attested'] as const)
        found.push(await batch.keepVerdicts([{ request, event: newEventId(), verdict, isRight: true }]));
      return NO_CHANGE;
    });
    const reviewed = { ...CELL, request, score: 0.95 };
    expect(found).toEqual([
      [{ ...reviewed, verdict: 'overridden', replaced: null }],
      [],
      [{ ...reviewed, verdict: 'attested', replaced: 'overridden' }],
      [{ ...reviewed, verdict: 'attested', replaced: 'attested' }],
    ]);
  });

  it('tells what was said of an answer without a score, which says nothing of scores', async () => {
    const [request, early] = [newEventId(), newEventId()];
    const told = (of: string, verdict: ToldVerdict['verdict']): ToldVerdict => ({
      request: of,
      event: newEventId(),
      verdict,
      isRight: verdict === 'attested',
    });
    const before = await storage.monitor.judged();
    const found: unknown[] = [];
    await count([newEventId()], async (batch) => {
      await batch.keepVerdicts([told(early, 'attested')]);
      found.push(
        await batch.keepAnswers([
          { ...CELL, request, score: null },
          { ...CELL, request: early, score: null },
        ]),
      );
      for (const verdict of ['overridden', 'attested'] as const)
        found.push(await batch.keepVerdicts([told(request, verdict)]));
      return NO_CHANGE;
    });
    const unscored = { ...CELL, score: null };
    expect(found).toEqual([
      [{ ...unscored, request: early, verdict: 'attested', replaced: null }],
      [{ ...unscored, request, verdict: 'overridden', replaced: null }],
      [{ ...unscored, request, verdict: 'attested', replaced: 'overridden' }],
    ]);
    expect(await storage.monitor.judged()).toEqual(before);
  });

  it('holds no more answers than its bound', async () => {
    const answers = Array.from({ length: 20 }, () => ({ ...CELL, request: newEventId(), score: 0.5 }));
    for (const answer of answers)
      await count([newEventId()], async (batch) => {
        await batch.keepAnswers([answer]);
        return NO_CHANGE;
      });
    await storage.monitor.forget({ eventDays: 8, answerDays: 180, answers: 5 });
    const { rows } = await database.superuser((sql) =>
      sql.query('SELECT request FROM monitor_answer ORDER BY at DESC'),
    );
    expect(rows.length).toBeLessThanOrEqual(6);
    expect(rows[0]).toEqual({ request: answers.at(-1)?.request });
  });

  it('reads each log from where it was read last, and nothing twice', async () => {
    const gateway = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec', role: 'gateway' });
    const ownership = await gateway.holdOwnership();
    for (const tenant of ['local', 'west', 'local']) {
      const { id, ...asked } = acceptance({ tenant, owner: ownership.owner });
      const event = { ...asked.event, tenant };
      await gateway.records.accept({ ...asked, id, event });
      const end = completion(id);
      await gateway.records.finish({ ...end, tenant, event: { ...end.event, tenant } });
    }
    const recorder = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec', role: 'recorder' });
    await recorder.ledger.append(await recorder.outbox.unsent(10));
    await recorder.close();
    const read = async (limit: number): Promise<number[]> => {
      const lengths: number[] = [];
      for await (const { log, next, entries } of storage.monitor.unread(limit)) {
        await storage.monitor.count(
          entries.map(({ event }) => event),
          { turn, cursor: { log, next } },
          (batch) => Promise.resolve(asMany(batch)),
        );
        lengths.push(entries.length);
      }
      return lengths;
    };
    expect([await read(3), await read(3), await read(3)]).toEqual([[3, 2], [1], []]);
    expect(await storage.monitor.totals()).toEqual([{ name: 'results', labels: { site: 'north' }, value: 6 }]);
    await ownership.release();
    await gateway.close();
  }, 30_000);

  it('reads a page in the order of an index, so that it costs as much however much is unread', async () => {
    const plan = await database.superuser(async (sql) => {
      await sql.query(`SELECT ledger_make_partition($1)`, [newEventId()]);
      await sql.query('SET enable_seqscan = off');
      const { rows } = await sql.query<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${ENTRIES}`);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toContain('Index Scan');
    expect(plan).not.toMatch(/\bSort {2}\(/);
  });

  it('forgets the series that somebody wants to have learnt anew, and no others', async () => {
    const series = ['1', '2'].flatMap((version) =>
      ['net', 'lung'].map((model) => ({ ...CELL, model, version, signal: 'score', state: { state: 'learning' } })),
    );
    await count([newEventId()], () => ({ ...NO_CHANGE, series }));
    expect(await storage.monitor.relearn()).toBe(false);
    await storage.monitor.askToRelearn('net', '1');
    await storage.monitor.askToRelearn('lung');
    expect(await storage.monitor.relearn()).toBe(true);
    expect(await storage.monitor.series()).toEqual([
      { ...CELL, version: '2', signal: 'score', state: { state: 'learning' }, verdict: null },
    ]);
  });

  it.each(['gateway', 'recorder'] as const)('is shut to a %s', async (role) => {
    const other = await openStorage({ url: database.url, poolSize: 1, applicationName: 'spec', role });
    await expect(other.monitor.totals()).rejects.toThrow('permission denied');
    await other.close();
  });

  it('forgets more than one statement takes at a time', async () => {
    await database.superuser((sql) =>
      sql.query(
        `INSERT INTO monitor_event (event, taken_at)
         SELECT ('00000000-0000-7000-8000-' || lpad(at::text, 12, '0'))::uuid, now() - interval '9 days' FROM generate_series(1, 25000) AS at`,
      ),
    );
    await storage.monitor.forget();
    const { rows } = await database.superuser((sql) =>
      sql.query('SELECT (SELECT count(*)::int FROM monitor_event) AS left, event FROM monitor_forgotten'),
    );
    expect(rows).toEqual([{ left: 0, event: '00000000-0000-7000-8000-000000025000' }]);
  });

  it('seats one monitor at a time, and the next when it goes', async () => {
    const seated: string[] = [];
    const seat = (name: string, onSeated: () => void = () => undefined) =>
      storage.takeMonitorSeat({
        onFailure: () => undefined,
        onSeated: () => {
          seated.push(name);
          onSeated();
        },
      });
    const first = await new Promise<{ close(): Promise<void> }>((resolve) => {
      const taken = seat('first', () => {
        setImmediate(() => {
          resolve(taken);
        });
      });
    });
    let settle: () => void = () => undefined;
    const isNext = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const second = seat('second', () => {
      settle();
    });
    expect(seated).toEqual(['first']);
    await first.close();
    await isNext;
    expect(seated).toEqual(['first', 'second']);
    await second.close();
  }, 30_000);
});
