import { ServingError } from '@medserve/errors';
import { catalogueEntry } from '@medserve/testkit';
import type { GatewayParts } from '../door/gateway.module';
import { JobsElsewhere } from '../jobs/jobs-elsewhere';
import { classifies, ImageWorld } from '../testing/image-world';
import { quietOversight } from '../testing/quiet-oversight';
import type { HttpServer } from '../door/http-server';
import { openHttpDoor } from '../testing/open-http-door';

const COLD = catalogueEntry('net', { serves: classifies(true), expectedLoadMs: 4_200 });
const SMALL = catalogueEntry('small', { serves: classifies(false), state: 'ready' });

describe('a cold start at the HTTP door', () => {
  let world: ImageWorld;
  let server: HttpServer;

  beforeEach(async () => {
    world = new ImageWorld();
    world.offer(COLD, SMALL);
    const { instruments, preparation, road, jobs, results, catalogue } = world;
    const { oversight } = quietOversight(results);
    // There is no other gateway.
    const store = { find: () => Promise.resolve(undefined) };
    const jobsElsewhere = new JobsElsewhere({ store, results: oversight.results, now: () => performance.now() });
    const parts: Partial<GatewayParts> = { preparation, road, jobs, jobsElsewhere, catalogue, oversight };
    server = await openHttpDoor({ parts, instruments });
  });
  afterEach(() => server.close());

  const call = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(server.url + path, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const ask = (query = '', prefer?: string, path = '/v1/infer') =>
    call(path + query, {
      method: 'POST',
      headers: { 'content-type': 'application/dicom', ...(prefer === undefined ? {} : { prefer }) },
      body: 'x',
    });
  const json = ({ text }: { text: string }): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;
  const endOf = async (id: unknown): Promise<string> => (await call(`/v1/jobs/${String(id)}/events`)).text;

  it('is waited for, and the answer says how long that took', async () => {
    const dispatched = world.next();
    const reply = ask();
    const { tell, answer } = await dispatched;
    tell?.({ phase: 'loading', percent: 2, expectedMs: 4_200 });
    tell?.({ phase: 'running', percent: 50 });
    answer();
    const { status, headers, text } = await reply;
    expect(status).toBe(200);
    expect(headers.get('server-timing')).toMatch(/(^|, )load;dur=\d/);
    expect(json({ text })).toMatchObject({ provenance: { timings: { loadMs: expect.any(Number) as number } } });
    expect(headers.get('preference-applied')).toBeNull();
    expect(world.woken).toEqual([]);
  });

  it('costs a warm model nothing: nobody asks for progress', async () => {
    const dispatched = world.next();
    const reply = ask('?model=small');
    const { tell, answer } = await dispatched;
    answer();
    expect(tell).toBeUndefined();
    expect((await reply).headers.get('server-timing')).not.toContain('load;');
  });

  it('is refused at once to who waits less than it is expected to take, and begins all the same', async () => {
    const { status, headers, text } = await ask('', 'wait=3');
    expect(status).toBe(503);
    expect(json({ text })).toMatchObject({ code: 'model_loading' });
    expect(headers.get('retry-after')).toBe('5');
    expect(headers.get('preference-applied')).toBe('wait=3');
    expect(world.woken).toEqual([{ name: 'net', version: '1' }]);
    expect(world.dispatches).toEqual([]);
  });

  it('says when to come back, too, where the router refuses', async () => {
    const dispatched = world.next();
    const reply = ask();
    (await dispatched).fail(new ServingError('model_loading', 'The room is full.', { retryAfterMs: 7_500 }));
    const { status, headers } = await reply;
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('8');
    expect(headers.get('x-should-retry')).toBe('true');
  });

  it.each(['respond-async', 'respond-async, wait=3'])(
    'gives a job at once to who prefers %s, which tells how far it is',
    async (prefer) => {
      const dispatched = world.next();
      const reply = await ask('', prefer);
      const { tell, answer } = await dispatched;
      expect(reply.status).toBe(202);
      expect(reply.headers.get('preference-applied')).toBe(prefer);
      const { id } = json(reply);
      expect(reply.headers.get('location')).toBe(`/v1/jobs/${String(id)}`);
      tell?.({ phase: 'loading', percent: 4, expectedMs: 3_999.5 });
      expect(json(await call(`/v1/jobs/${String(id)}`))).toEqual({
        id,
        status: 'running',
        phase: 'loading',
        percent: 4,
        expectedMs: 4_000,
      });
      const watched = world.watched();
      const events = endOf(id);
      await watched;
      tell?.({ phase: 'running', percent: 30, expectedMs: 0 });
      answer();
      const told = await events;
      expect(told).toContain('data: {"phase":"loading","percent":4,"expectedMs":4000}');
      expect(told).toContain('data: {"phase":"running","percent":30}\n');
      expect(told).toMatch(/event: completed\n/);
    },
  );

  it('answers who would take a job after a while, where the answer comes first', async () => {
    world.offer({ ...COLD, expectedLoadMs: 0 });
    const dispatched = world.next();
    const reply = ask('', 'respond-async, wait=60');
    (await dispatched).answer();
    const { status, headers } = await reply;
    expect(status).toBe(200);
    expect(headers.get('preference-applied')).toBe('wait=60');
  });

  it('gives a job of a warm model as well, if that is preferred', async () => {
    const dispatched = world.next();
    const reply = await ask('?model=small', 'respond-async');
    expect(reply.status).toBe(202);
    (await dispatched).answer();
    expect(await endOf(json(reply)['id'])).toMatch(/event: completed\n/);
  });

  it.each(['/v1/infer', '/v1/jobs'])('is avoided by a fallback that is loaded, which %s tells', async (path) => {
    const dispatched = world.next();
    const reply = ask('?fallback=small', undefined, path);
    const { order, answer } = await dispatched;
    expect(order).toMatchObject({ task: 'classify', model: { name: 'small', version: '1' } });
    answer();
    const { id } = json(await reply);
    await endOf(id);
    expect(json(await call(`/v1/results/${String(id)}`))).toMatchObject({
      provenance: { model: { name: 'small' } },
      warnings: ['The model net:1 was not loaded; the fallback answered in its place.'],
    });
    expect(world.woken).toEqual([{ name: 'net', version: '1' }]);
  });

  it('is waited for where the fallback is cold, too, or cannot be asked', async () => {
    for (const state of ['cold', 'unloaded', 'broken'] as const) {
      world.offer(COLD, { ...SMALL, state });
      const dispatched = world.next();
      const reply = ask('?fallback=small');
      const { order, answer } = await dispatched;
      answer();
      expect(order.model).toBeUndefined();
      expect(json(await reply)).toMatchObject({ warnings: [] });
    }
  });

  it('takes no fallback that does something else, cold or not', async () => {
    const serves = [{ task: 'embed', modality: 'radiology', default: true }];
    world.offer({ ...COLD, state: 'ready' }, { ...SMALL, name: 'other', serves });
    const other = await ask('?fallback=other');
    expect(other.status).toBe(422);
    expect(json(other)).toMatchObject({ code: 'task_not_available', field: 'fallback' });
    const none = await ask('?fallback=none');
    expect(none.status).toBe(404);
    expect(json(none)).toMatchObject({ code: 'model_not_found', field: 'fallback' });
  });
});
