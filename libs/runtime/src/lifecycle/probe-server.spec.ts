import { noopInstruments } from '../telemetry/instruments';
import { serveProbes, type ProbeServer } from './probe-server';

describe('the probes of a process', () => {
  const instruments = noopInstruments();
  let missing: () => Promise<readonly string[]>;
  let probes: ProbeServer;

  beforeAll(async () => {
    probes = await serveProbes({ host: '127.0.0.1', port: 0 }, { instruments, missing: () => missing() });
  });
  afterAll(() => probes.close());

  const get = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${String(probes.port)}${path}`, { method });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  };

  it('say that it lives whatever it misses, and that it is ready only when it misses nothing', async () => {
    missing = () => Promise.resolve(['database']);
    expect((await get('/livez')).status).toBe(200);
    expect(await get('/readyz')).toMatchObject({ status: 503, text: '{"status":"not ready","missing":["database"]}' });
    missing = () => Promise.resolve([]);
    expect((await get('/readyz')).status).toBe(200);
  });

  it('do not wait for who does not answer', async () => {
    missing = () => new Promise(() => undefined);
    expect(await get('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('in time') as string });
  });

  it('say that a look that fails has failed', async () => {
    missing = () => Promise.reject(new Error('secret words'));
    expect(await get('/readyz')).toMatchObject({ status: 500, text: '{"status":"failed"}' });
  });

  it('show the metrics of the process as text for Prometheus', async () => {
    instruments.routerRetries.inc(3);
    const { type, text } = await get('/metrics');
    expect(type).toContain('text/plain');
    expect(text).toContain('medserve_router_retries_total 3');
  });

  it('offer nothing else, and nothing to who would write', async () => {
    expect(await get('/')).toMatchObject({ status: 404, text: expect.stringContaining('/readyz') as string });
    expect((await get('/metrics', 'POST')).status).toBe(404);
  });
});
