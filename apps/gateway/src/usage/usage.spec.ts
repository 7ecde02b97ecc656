import { ServingError } from '@medserve/errors';
import { createInstruments, mergeMetrics, silentLogger } from '@medserve/runtime';
import type { UsageRow } from '@medserve/storage';
import type { Dispatched } from '../infer/ports';
import type { Prepared } from '../infer/prepared';
import { UsageMeter } from './usage-meter';
import { parseUsageQuestion } from './usage-question';
import { UsageSums } from './usage-sums';
import { inputSize } from '../infer/work-of';

const HOUR_MS = 3_600_000;
const BY = { id: 'k', kind: 'key', tenant: 't', department: 'er', scopes: new Set([]) } as const;

const prepared = (tenant = 't'): Prepared =>
  ({
    subject: { by: { ...BY, tenant }, class: 'stat' },
    modelName: 'net',
    order: {
      input: {
        kind: 'tensor-bytes',
        tensors: [{ name: 'x', datatype: 'FP32', shape: [2, 65_536], bytes: Buffer.alloc(524_288) }],
      },
    },
  }) as unknown as Prepared;

const done = (more: Partial<Dispatched> = {}): Dispatched => ({
  task: 'classify',
  model: { name: 'net', version: '3', digest: 'sha256:0' },
  engine: 'ONNX Runtime CPU',
  timings: { run: 800, queue: 100 },
  batch: { rows: 2, batchRows: 8, leads: false },
  ...more,
});

function setUp() {
  const clock = { ms: 10 * HOUR_MS + 5 };
  const table = new Map<string, UsageRow>();
  const store = {
    writes: 0,
    fate: 'well' as 'well' | 'lost' | 'reply lost',
    write: (gateway: string, rows: readonly UsageRow[]): Promise<void> => {
      store.writes += 1;
      if (store.fate === 'lost') return Promise.reject(new Error('lost'));
      for (const row of rows)
        table.set([gateway, row.tenant, row.hourMs, row.model, row.department, row.class].join('/'), row);
      return store.fate === 'well' ? Promise.resolve() : Promise.reject(new Error('reply lost'));
    },
  };
  const instruments = createInstruments({ processMetrics: false });
  const meter = new UsageMeter({ store, gateway: '1', instruments, logger: silentLogger, now: () => clock.ms });
  return { meter, store, table, clock, instruments };
}

describe('the meter of usage', () => {
  it('counts a request with its share of the run, its wait and its size', async () => {
    const { meter, table } = setUp();
    meter.ended(prepared(), 'completed', done());
    await meter.flush();
    expect([...table.values()]).toEqual([
      {
        tenant: 't',
        hourMs: 10 * HOUR_MS,
        model: 'net:3',
        site: '',
        department: 'er',
        class: 'stat',
        completed: 1,
        failed: 0,
        cancelled: 0,
        refused: 0,
        cpuSeconds: 0.2,
        queueSeconds: 0.1,
        inputBytes: 524_288,
        costUnits: 2,
      },
    ]);
  });

  it('adds up to the whole run over all requests of a batch', async () => {
    const { meter, table } = setUp();
    for (let count = 0; count < 4; count += 1) meter.ended(prepared(`t${String(count)}`), 'completed', done());
    await meter.flush();
    expect([...table.values()].reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)).toBeCloseTo(0.8);
  });

  it('counts no time for an answer that was kept', async () => {
    const { meter, table } = setUp();
    meter.ended(prepared(), 'completed', done({ cache: 'hit' }));
    await meter.flush();
    expect([...table.values()]).toMatchObject([{ completed: 1, cpuSeconds: 0 }]);
  });

  it('counts those that failed by the model that was expected, and those that were turned away by none', async () => {
    const { meter, table } = setUp();
    meter.ended(prepared(), 'failed');
    meter.refused(BY);
    await meter.flush();
    expect([...table.values()].map(({ model, failed, refused }) => [model, failed, refused])).toEqual([
      ['net', 1, 0],
      ['', 0, 1],
    ]);
  });

  it.each(['lost', 'reply lost'] as const)(
    'counts nothing twice and forgets nothing when a write is %s',
    async (fate) => {
      const { meter, store, table } = setUp();
      meter.ended(prepared(), 'completed', done());
      store.fate = fate;
      await meter.flush();
      store.fate = 'well';
      meter.ended(prepared(), 'completed', done());
      await meter.flush();
      expect([...table.values()]).toMatchObject([{ completed: 2, cpuSeconds: 0.4 }]);
    },
  );

  it('writes only what has changed, and what is left when it closes', async () => {
    const { meter, store, table } = setUp();
    meter.ended(prepared(), 'completed', done());
    await meter.flush();
    await meter.flush();
    expect(store.writes).toBe(1);
    meter.ended(prepared(), 'cancelled');
    await meter.close();
    expect([...table.values()].map(({ cancelled }) => cancelled)).toEqual([0, 1]);
  });

  it('shows tenants as metrics', async () => {
    const { meter, instruments } = setUp();
    meter.ended(prepared(), 'completed', done());
    const page = await mergeMetrics([await instruments.collect()]);
    expect(page).toContain('medserve_usage_requests_total{tenant="t",outcome="completed"} 1');
    expect(page).toContain('medserve_usage_run_seconds_total{tenant="t"} 0.2');
  });
});

describe('sums of usage', () => {
  const key = (department: string) => ({ tenant: 't', model: 'm', site: '', department, class: '' });

  it('are kept until their hour is over and they are written', () => {
    const sums = new UsageSums();
    sums.add(key('a'), 0, { completed: 1 });
    sums.changed(0).written();
    sums.add(key('a'), 1_000, { completed: 1 });
    const { rows, written } = sums.changed(HOUR_MS);
    expect(rows).toMatchObject([{ hourMs: 0, completed: 2 }]);
    written();
    sums.add(key('a'), HOUR_MS, { completed: 1 });
    expect(sums.changed(HOUR_MS).rows).toMatchObject([{ hourMs: HOUR_MS, completed: 1 }]);
  });

  it('put departments together where there are too many', () => {
    const sums = new UsageSums(2);
    for (const department of ['a', 'b', 'c', 'd', 'a']) sums.add(key(department), 0, { completed: 1 });
    expect(sums.changed(0).rows.map(({ department, completed }) => [department, completed])).toEqual([
      ['a', 2],
      ['b', 1],
      ['other', 2],
    ]);
  });
});

it('an input is as large as its pixels or voxels', () => {
  const volume = { kind: 'volume', slices: 100, rows: 512, columns: 512, samples: Buffer.alloc(10) };
  expect(inputSize({ kind: 'decoded', decoded: volume } as never)).toEqual({ costUnits: 400, bytes: 10 });
});

it('a shape that claims more elements than there are bytes costs no more than these', () => {
  const tensors = [{ name: 'x', datatype: 'FP32', shape: [1e9], bytes: Buffer.alloc(4) }];
  expect(inputSize({ kind: 'tensor-bytes', tensors } as never).costUnits).toBe(1);
});

describe('a question after usage', () => {
  const nowMs = Date.UTC(2026, 10, 25, 12);

  it('is after the last 30 days by model where it says nothing', () => {
    expect(parseUsageQuestion({}, 't', nowMs)).toMatchObject({
      format: 'json',
      question: { tenant: 't', by: ['model'], from: new Date(nowMs - 30 * 24 * HOUR_MS), to: new Date(nowMs) },
    });
  });

  it('is after whole hours, since what is known is by the hour', () => {
    const query = { from: '2026-11-25T08:30:00Z', to: '2026-11-25T08:45:00Z' };
    expect(parseUsageQuestion(query, 't', nowMs).question).toMatchObject({
      from: new Date(Date.UTC(2026, 10, 25, 8)),
      to: new Date(Date.UTC(2026, 10, 25, 9)),
    });
    expect(parseUsageQuestion({}, 't', nowMs + 1).question).toMatchObject({
      from: new Date(nowMs + HOUR_MS - 30 * 24 * HOUR_MS),
      to: new Date(nowMs + HOUR_MS),
    });
  });

  it('takes dates, dimensions and a format', () => {
    const query = { from: '2026-11-01', to: '2026-11-25T12:00:00Z', by: 'day,department,day', format: 'csv' };
    expect(parseUsageQuestion(query, 't', nowMs)).toMatchObject({
      format: 'csv',
      question: { by: ['day', 'department'] },
    });
  });

  it.each([
    ['from', { from: 'yesterday' }],
    ['by', { by: 'tenant' }],
    ['format', { format: 'xml' }],
    ['from', { from: '2026-11-25', to: '2026-11-25' }],
    ['from', { from: '2024-01-01' }],
    ['to', { from: '9999-12-01', to: '9999-12-31T23:30:00Z' }],
    ['from', { from: '0000-01-01' }],
    ['from', { from: '0000-01-01', to: '0000-02-01' }],
    ['to', { to: '0000-01-01T00:00:00Z' }],
  ])('is refused naming %s', (field, query) => {
    expect(() => parseUsageQuestion(query, 't', nowMs)).toThrow(ServingError);
    expect(() => parseUsageQuestion(query, 't', nowMs)).toThrow(
      expect.objectContaining({ reason: 'invalid_request', field: expect.stringContaining(field) as string }) as Error,
    );
  });
});
