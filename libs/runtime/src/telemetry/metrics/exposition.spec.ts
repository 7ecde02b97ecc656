import { createInstruments } from '../instruments';
import { exposeMetrics, mergeMetrics, metricsFormatFor } from './exposition';

const PROMETHEUS = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1';

describe('the form of metrics', () => {
  it.each([
    [undefined, 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/plain', 'prometheus'],
    ['application/openmetrics-text', 'openmetrics'],
    [PROMETHEUS, 'openmetrics'],
    ['application/openmetrics-text;q=0.2, text/plain;q=0.8', 'prometheus'],
    ['application/openmetrics-text;q=0', 'prometheus'],
  ] as const)('that %s asks for is %s', (accept, format) => {
    expect(metricsFormatFor(accept)).toBe(format);
  });
});

describe('metrics of several processes', () => {
  const instruments = () => createInstruments({ processMetrics: false });
  const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

  it('are summed, and each bucket keeps its newest exemplar', async () => {
    const [first, second] = [instruments(), instruments()];
    first.phaseSeconds.observe({ phase: 'accept' }, 0.002, 'a'.repeat(32));
    first.phaseSeconds.observe({ phase: 'accept' }, 0.5, 'b'.repeat(32));
    second.phaseSeconds.observe({ phase: 'accept' }, 0.0021, 'c'.repeat(32));
    second.phaseSeconds.observe({ phase: 'accept' }, 0.0022);
    const { text } = await exposeMetrics([asJson(await first.collect()), asJson(await second.collect())], PROMETHEUS);
    const bucket = (le: string) =>
      text.split('\n').find((line) => line.includes(`medserve_phase_duration_seconds_bucket{le="${le}",`));
    expect(bucket('0.0025')).toMatch(/ 3 # \{trace_id="c{32}"\} 0\.0021 \d+/);
    expect(bucket('1')).toMatch(/ 4 # \{trace_id="b{32}"\} 0\.5 \d+/);
    expect(bucket('0.001')).toMatch(/ 0$/);
  });

  it('are not summed where each process tells of the whole platform, or a share', async () => {
    const [first, second] = [instruments(), instruments()];
    for (const [share, one] of [first, second].entries()) {
      one.writing.poolCacheRatio.set({ model: 'm' }, 0.6 + share / 10);
      one.writing.poolServers.set({ model: 'm', state: 'serving' }, 3);
      one.writing.poolRequests.set({ model: 'm', state: 'running' }, 4);
      one.pools.replicas.set({ pool: 'ct', state: 'ready' }, 2);
      one.ledgerSize.set(100 + share);
      one.ledgerHeld.set(1);
      one.ledgerBehindSeconds.set(5);
      one.outboxWaiting.set(7);
      one.requestsUnended.set(1);
    }
    const text = await mergeMetrics([await first.collect(), await second.collect()]);
    for (const line of [
      'medserve_writing_pool_cache_ratio{model="m"} 0.7',
      'medserve_writing_pool_servers{model="m",state="serving"} 3',
      'medserve_writing_pool_requests{model="m",state="running"} 4',
      'medserve_pool_replicas{pool="ct",state="ready"} 2',
      'medserve_ledger_entries 101',
      'medserve_ledger_held 1',
      'medserve_ledger_behind_seconds 5',
      'medserve_outbox_waiting 7',
      'medserve_requests_unended 1',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('tell how late the event loop of the latest process is, not of all in the mean', async () => {
    const collected = await createInstruments().collect();
    const late = (seconds: number) =>
      collected.map((metric) =>
        metric.name === 'medserve_nodejs_eventloop_lag_p99_seconds'
          ? { ...metric, values: [{ value: seconds, labels: {} }] }
          : metric,
      );
    const text = await mergeMetrics([late(0.01), late(1.2), late(0.01)]);
    expect(text.split('\n')).toContain('medserve_nodejs_eventloop_lag_p99_seconds 1.2');
  });

  it('say nothing of an archive or a scaler that a process does not have: 0 would wake somebody', async () => {
    const [gateway, inference] = [instruments(), instruments()];
    const untold = await mergeMetrics([await gateway.collect(), await inference.collect()]);
    expect(untold).not.toMatch(/^medserve_(archive_free_bytes|scaler_state_rebuilt) /m);
    gateway.archive.freeBytes.set(5e9);
    gateway.scaler.rebuilt.set(1);
    const told = (await mergeMetrics([await gateway.collect(), await inference.collect()])).split('\n');
    expect(told).toEqual(
      expect.arrayContaining(['medserve_archive_free_bytes 5000000000', 'medserve_scaler_state_rebuilt 1']),
    );
    gateway.scaler.rebuilt.set(0);
    expect(await mergeMetrics([await gateway.collect()])).toMatch(/^medserve_scaler_state_rebuilt 0$/m);
  });

  it('have no exemplars in the older form, which has no word for them', async () => {
    const one = instruments();
    one.requestSeconds.observe({ task: 'classify', modality: 'radiology' }, 0.2, 'a'.repeat(32));
    const { contentType, text } = await one.expose(undefined);
    expect(contentType).toContain('text/plain; version=0.0.4');
    expect(text).not.toContain('trace_id');
    expect(text).toContain('medserve_request_duration_seconds_count{task="classify",modality="radiology"} 1');
  });

  it('are families of different names in OpenMetrics, which has no `_total` in the name of a counter', async () => {
    const { text } = await createInstruments().expose('application/openmetrics-text');
    const families = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
    expect(families.length).toBeGreaterThan(100);
    expect(families.filter((name, at) => families.indexOf(name) !== at)).toEqual([]);
  });

  it('are named alike for a query in both forms, Triton’s too', async () => {
    const one = instruments();
    one.refusals.inc({ reason: 'overloaded' });
    one.nv.requestSuccess.inc({ model: 'organ', version: '1' });
    const samples = (text: string) =>
      text
        .split('\n')
        .filter((line) => /^[a-z]/.test(line))
        .map((line) => line.split(' ')[0]);
    const plain = await mergeMetrics([await one.collect()]);
    const { contentType, text } = await one.expose('application/openmetrics-text');
    expect(samples(text)).toEqual(samples(plain));
    expect(contentType).toContain('application/openmetrics-text; version=1.0.0');
    expect(text).toContain('# TYPE medserve_refusals counter\n');
    expect(text).toContain('# TYPE nv_inference_request_success unknown\n');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    // Reading them changes nothing.
    expect(await mergeMetrics([await one.collect()])).toBe(plain);
  });
});
