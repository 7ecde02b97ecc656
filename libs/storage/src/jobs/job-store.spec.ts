import { newEventId, type ActivityEvent, type RecordEvent } from '@medserve/events';
import {
  activityEvent,
  acceptance,
  completion,
  recordEvent,
  startTestDatabase,
  type TestDatabase,
} from '@medserve/testkit';
import type { Statement } from '../database/database';
import { openStorage, type Storage } from '../open-storage';
import { jobStatement, lastLookedAt, LOOKED_THROUGH, type JobQuestion } from './job-search';
import type { ListedJob } from './job-store';

const MODEL = { name: 'organ-router', version: '3', digest: `sha256:${'a'.repeat(64)}` };

describe('JobStore', () => {
  let database: TestDatabase;
  let gateway: Storage;
  let owner: Storage;

  beforeAll(async () => {
    database = await startTestDatabase();
    owner = await openStorage({ url: database.url, poolSize: 2, applicationName: 'spec' });
    gateway = await openStorage({ url: database.url, poolSize: 5, applicationName: 'spec', role: 'gateway' });
  }, 60_000);

  afterAll(async () => {
    await gateway.close();
    await owner.close();
    await database.close();
  }, 30_000);

  /** Accepts a request of a tenant as a gateway does. */
  async function accept(tenant: string, fields: Partial<RecordEvent> = {}): Promise<string> {
    const id = newEventId();
    const event = recordEvent({ request: id, tenant, task: 'classify', class: 'routine', ...fields });
    await gateway.records.accept(acceptance({ id, tenant, event }));
    return id;
  }

  async function finish(tenant: string, id: string, fields: Partial<RecordEvent> = {}): Promise<void> {
    const event = recordEvent({ request: id, tenant, event: 'completed', ...fields });
    const status = event.event === 'accepted' ? 'completed' : event.event;
    await gateway.records.finish({ ...completion(id), tenant, status, event });
  }

  const idsOf = (jobs: readonly ListedJob[]): string[] => jobs.map(({ id }) => id);
  const pageOf = (tenant: string, question: Partial<JobQuestion> = {}) =>
    gateway.jobs.list({ tenant, limit: 100, ...question });
  const list = async (tenant: string, question: Partial<JobQuestion> = {}) => (await pageOf(tenant, question)).jobs;

  it('lists a request from its acceptance on, and how it ended, in the words of its record', async () => {
    const tenant = 'clinic';
    const facts = { task: 'segment', modality: 'ct3d', class: 'stat', site: 'north' } as const;
    const id = await accept(tenant, { ...facts, door: 'grpc', expectedModel: 'organ-router' });
    const running = { id, state: 'accepted', ...facts, door: 'grpc', model: 'organ-router', version: null };
    expect(await list(tenant)).toEqual([
      { ...running, endedAt: null, problem: null, acceptedAt: expect.any(Date) as Date },
    ]);
    expect(await gateway.jobs.running(tenant)).toBe(1);
    await finish(tenant, id, { ...facts, model: MODEL });
    expect(await gateway.jobs.find(tenant, id)).toMatchObject({
      state: 'completed',
      model: 'organ-router',
      version: '3',
      door: 'grpc',
      problem: null,
      endedAt: expect.any(Date) as Date,
    });
    expect(await gateway.jobs.running(tenant)).toBe(0);
  });

  it('says why there is no answer: the reason of a failure, and that nobody ended what was abandoned', async () => {
    const tenant = 'failing';
    const failed = await accept(tenant);
    await finish(tenant, failed, { event: 'failed', reason: 'inference_failed' });
    const cancelled = await accept(tenant);
    await finish(tenant, cancelled, { event: 'cancelled', reason: 'cancelled' });
    const abandoned = await accept(tenant);
    await database.superuser((sql) => sql.query(`UPDATE request SET lease_until = now() WHERE id = $1`, [abandoned]));
    await owner.abandonSweep(0).sweep(performance.now());
    const found = Object.fromEntries((await list(tenant)).map(({ id, state, problem }) => [id, [state, problem]]));
    expect(found).toEqual({
      [failed]: ['failed', 'inference_failed'],
      [cancelled]: ['cancelled', 'cancelled'],
      [abandoned]: ['abandoned', 'abandoned'],
    });
  });

  it('shows a tenant its own alone, and lets no gateway write the list', async () => {
    const id = await accept('mine');
    expect(idsOf(await list('mine'))).toEqual([id]);
    expect(await list('yours')).toEqual([]);
    expect(await gateway.jobs.find('yours', id)).toBeUndefined();
    const seen = await database.superuser(async (sql) => {
      await sql.query('SET ROLE medserve_gateway');
      const unnamed = (await sql.query('SELECT id FROM job')).rows.length;
      await sql.query(`SELECT set_config('medserve.tenant', '{mine}', false)`);
      const written = await sql.query(`UPDATE job SET state = 'completed'`).catch((error: unknown) => String(error));
      await sql.query('RESET ROLE');
      return { unnamed, written };
    });
    expect(seen).toEqual({ unnamed: 0, written: expect.stringContaining('permission denied') as string });
  });

  it('is paged through without a gap and without a repetition while others come and end', async () => {
    const tenant = 'busy';
    const before: string[] = [];
    for (let count = 0; count < 25; count += 1) before.push(await accept(tenant));
    const seen: string[] = [];
    let after: JobQuestion['after'];
    do {
      const { jobs, next } = await pageOf(tenant, { limit: 4, after });
      seen.push(...idsOf(jobs));
      after = next;
      await accept(tenant);
      await finish(tenant, jobs.at(-1)?.id ?? '');
    } while (after !== undefined);
    expect(seen.filter((id) => before.includes(id))).toEqual([...before].reverse());
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('pages through requests that were accepted in the same millisecond', async () => {
    const tenant = 'at-once';
    const at = new Date().toISOString();
    const ids = await Promise.all(Array.from({ length: 10 }, () => accept(tenant, { at })));
    const first = await pageOf(tenant, { limit: 6 });
    const rest = await pageOf(tenant, { limit: 6, after: first.next });
    expect([...idsOf(first.jobs), ...idsOf(rest.jobs)].sort()).toEqual([...ids].sort());
    expect(rest).toMatchObject({ isCutShort: false });
    expect(rest).not.toHaveProperty('next');
  });

  it('finds what is asked for: state, task, model, class, site, times, and all of it together', async () => {
    const tenant = 'filtered';
    const early = await accept(tenant, {
      at: '2026-01-01T08:00:00.000Z',
      task: 'segment',
      class: 'stat',
      site: 'north',
    });
    const late = await accept(tenant, { at: '2026-02-01T08:00:00.000Z', expectedModel: 'organ-router' });
    await finish(tenant, early, { event: 'failed', reason: 'deadline_exceeded' });
    const find = async (question: Partial<JobQuestion>) => idsOf(await list(tenant, question));
    expect(await find({})).toEqual([late, early]);
    expect(await find({ state: 'accepted' })).toEqual([late]);
    expect(await find({ state: 'failed' })).toEqual([early]);
    expect(await find({ state: 'completed' })).toEqual([]);
    expect(await find({ state: 'cancelled' })).toEqual([]);
    expect(await find({ task: 'segment' })).toEqual([early]);
    expect(await find({ model: 'organ-router' })).toEqual([late]);
    expect(await find({ class: 'stat' })).toEqual([early]);
    expect(await find({ class: 'routine' })).toEqual([late]);
    expect(await find({ site: 'north' })).toEqual([early]);
    expect(await find({ from: new Date('2026-01-15T00:00:00Z') })).toEqual([late]);
    expect(await find({ to: new Date('2026-01-15T00:00:00Z') })).toEqual([early]);
    expect(await find({ task: 'segment', class: 'stat', site: 'north', state: 'failed' })).toEqual([early]);
    expect(await find({ task: 'segment', model: 'organ-router' })).toEqual([]);
  });

  it.each([
    ['all', {}],
    ['those that failed', { state: 'failed' }],
    ['a task', { task: 'segment' }],
    ['a model', { model: 'rare' }],
    ['a class', { class: 'stat' }],
    ['a site', { site: 'north' }],
    ['a time', { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-01-02T00:00:00Z') }],
  ] as const)('takes a page of %s from an index, in its order', async (_, question) => {
    await manyOf('many');
    const after = { acceptedAt: new Date('2026-06-01T00:00:00Z'), id: newEventId() };
    for (const statement of [jobStatement, lastLookedAt]) {
      const plan = await planOf('many', statement({ tenant: 'many', limit: 50, after, ...question }));
      expect(plan).toMatch(/Index (Only )?Scan using job_list/);
      expect(plan).not.toMatch(/Sort|Seq Scan/);
    }
  });

  it('finds those that run without going along the list', async () => {
    await manyOf('many');
    const plan = await planOf('many', jobStatement({ tenant: 'many', limit: 50, state: 'accepted', task: 'segment' }));
    expect(plan).toMatch(/using (job_pkey|request_open)|on (job_pkey|request_open)/);
    expect(plan).not.toMatch(/job_list|Seq Scan on job/);
  });

  it('looks through so many and no more for a page of what is rare, says so, and finds it on the pages behind', async () => {
    await manyOf('many');
    const first = await pageOf('many', { model: 'last-of-all' });
    expect(first).toMatchObject({ jobs: [], isCutShort: true });
    const counted = await database.superuser((sql) =>
      sql.query<{ above: number }>('SELECT count(*)::int AS above FROM job WHERE tenant = $1 AND accepted_at >= $2', [
        'many',
        first.next?.acceptedAt,
      ]),
    );
    expect(counted.rows[0]?.above).toBe(LOOKED_THROUGH);
    const second = await pageOf('many', { model: 'last-of-all', after: first.next });
    expect(second.jobs).toHaveLength(1);
    expect(second).toMatchObject({ isCutShort: false });
    expect(second).not.toHaveProperty('next');
  });

  it('tells of all that is asked for once, page by page, however rare it is', async () => {
    await manyOf('many');
    const seen: string[] = [];
    let after: JobQuestion['after'];
    do {
      const { jobs, next } = await pageOf('many', { state: 'failed', limit: 250, after });
      seen.push(...idsOf(jobs));
      after = next;
    } while (after !== undefined);
    expect([seen.length, new Set(seen).size]).toEqual([300, 300]);
  });

  it('costs a request two indexes, its ending none, and all that share a commit one run of the trigger', async () => {
    const found = await database.superuser(async (sql) => {
      const indexes = await sql.query<{ keys: string }>(
        `SELECT string_agg(DISTINCT attname, ' ' ORDER BY attname) AS keys FROM pg_index
         JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey) WHERE indrelid = 'job'::regclass GROUP BY indexrelid ORDER BY 1`,
      );
      const triggers = await sql.query<{ each: string }>(
        `SELECT action_orientation AS each FROM information_schema.triggers WHERE event_object_table = 'outbox'`,
      );
      return { keys: indexes.rows.map(({ keys }) => keys), triggers: triggers.rows.map(({ each }) => each) };
    });
    expect(found).toEqual({ keys: ['accepted_at id tenant', 'id'], triggers: ['STATEMENT'] });
  });

  async function planOf(tenant: string, { text, values }: Statement): Promise<string> {
    return database.superuser(async (sql) => {
      await sql.query('BEGIN');
      await sql.query('SET LOCAL ROLE medserve_gateway');
      await sql.query(`SELECT set_config('medserve.tenant', $1, true)`, [`{${tenant}}`]);
      const { rows } = await sql.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, [...values]);
      await sql.query('ROLLBACK');
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
  }

  let isFilled = false;
  async function manyOf(tenant: string): Promise<void> {
    if (isFilled) return;
    isFilled = true;
    await database.superuser(async (sql) => {
      await sql.query(
        `INSERT INTO job (id, tenant, state, accepted_at, ended_at, task, model, class, site, problem)
         SELECT gen_random_uuid(), $1, CASE WHEN n % 100 = 0 THEN 'failed' ELSE 'completed' END,
           '2026-01-01'::timestamptz + n * interval '10 minutes', now(), CASE WHEN n % 500 = 0 THEN 'segment' ELSE 'classify' END,
           CASE WHEN n = 1 THEN 'last-of-all' WHEN n % 1000 = 0 THEN 'rare' ELSE 'usual' END, CASE WHEN n % 200 = 0 THEN 'stat' ELSE 'routine' END,
           CASE WHEN n % 300 = 0 THEN 'north' END, CASE WHEN n % 100 = 0 THEN 'unavailable' END
         FROM generate_series(1, 30000) AS n`,
        [tenant],
      );
      await sql.query('ANALYZE job');
    });
  }

  const cancelled = (tenant: string, id: string): ActivityEvent =>
    activityEvent({
      event: 'job_cancelled',
      tenant,
      subject: `result:${id}`,
    });

  const toldOf = (id: string) =>
    database.superuser(async (sql) => {
      const text = `SELECT count(*)::int AS told FROM outbox WHERE convert_from(payload, 'UTF8')::json ->> 'subject' = $1`;
      return (await sql.query<{ told: number }>(text, [`result:${id}`])).rows[0]?.told;
    });

  it('has the gateway that runs a job hear once that it is to end, and tells the log of it in the same commit', async () => {
    const id = await accept('asking', { door: 'jobs' });
    expect(await gateway.jobs.askToCancel('asking', id, cancelled('asking', id))).toBe(true);
    expect(await gateway.jobs.askToCancel('asking', id, cancelled('asking', id))).toBe(false);
    expect(await toldOf(id)).toBe(1);
    expect(await gateway.jobs.heardCancellations([newEventId()])).toEqual([]);
    expect(await gateway.jobs.heardCancellations([newEventId(), id])).toEqual([id]);
    expect(await gateway.jobs.heardCancellations([id])).toEqual([]);
  });

  it('wants nothing of what has ended, of what is no job, or of another tenant’s', async () => {
    const ended = await accept('careful', { door: 'jobs' });
    await finish('careful', ended);
    const waitedFor = await accept('careful', { door: 'rest' });
    const theirs = await accept('others', { door: 'jobs' });
    for (const id of [ended, waitedFor, theirs]) {
      expect(await gateway.jobs.askToCancel('careful', id, cancelled('careful', id))).toBe(false);
      expect(await toldOf(id)).toBe(0);
    }
    expect(await gateway.jobs.heardCancellations([ended, waitedFor, theirs])).toEqual([]);
  });
});
