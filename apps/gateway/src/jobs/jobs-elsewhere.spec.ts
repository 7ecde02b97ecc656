import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ServingError } from '@medserve/errors';
import { newEventId } from '@medserve/events';
import type { ListedJob } from '@medserve/storage';
import type { FastifyReply } from 'fastify';
import type { StoredResult } from '../infer/ports';
import { PRINCIPAL } from '../testing/image-world';
import { JobsElsewhere } from './jobs-elsewhere';
import { streamJob } from './stream-job';

const ID = newEventId();
const ANSWER = { bytes: Buffer.from('{}'), contentType: 'application/json' };
const AWAY = new ServingError('unavailable', 'The database does not answer.');

/** A row that another gateway keeps, looked at as often as the test says. */
function setUp() {
  const state = {
    job: 'accepted' as ListedJob['state'] | Error,
    ended: ANSWER as StoredResult | Error,
    nowMs: 0,
    looks: 0,
  };
  let next = (): void => undefined;
  const elsewhere = new JobsElsewhere({
    store: {
      find: (tenant, id) => {
        state.looks += 1;
        const { job } = state;
        if (job instanceof Error) return Promise.reject(job);
        const isIt = tenant === PRINCIPAL.tenant && id === ID;
        return Promise.resolve(isIt ? ({ id, state: job } as ListedJob) : undefined);
      },
    },
    results: {
      ended: () => (state.ended instanceof Error ? Promise.reject(state.ended) : Promise.resolve(state.ended)),
    },
    now: () => state.nowMs,
    pause: (signal) =>
      new Promise((resolve, reject) => {
        next = () => {
          resolve(undefined);
        };
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      }),
  });
  /** Lets who watches look at the row, and waits until that has happened. */
  const look = async (): Promise<void> => {
    const before = state.looks;
    next();
    while (state.looks === before) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  };
  const watch = (raw = new PassThrough()) => {
    const out = Object.assign(raw, { writeHead: () => undefined });
    const reply = { raw: out, hijack: () => undefined } as unknown as FastifyReply;
    return {
      raw,
      streaming: streamJob(reply, ID, elsewhere.watchedBy(PRINCIPAL), undefined),
      events: text(raw).catch(() => 'cut off'),
    };
  };
  return { state, elsewhere, look, watch };
}

describe('a job that another gateway runs', () => {
  it('is known to run, to its own tenant', async () => {
    const { state, elsewhere } = setUp();
    expect(await elsewhere.isRunning(PRINCIPAL, ID)).toBe(true);
    expect(await elsewhere.isRunning({ ...PRINCIPAL, tenant: 'other' }, ID)).toBe(false);
    expect(await elsewhere.isRunning(PRINCIPAL, 'Jane Doe')).toBe(false);
    state.job = 'completed';
    expect(await elsewhere.isRunning(PRINCIPAL, ID)).toBe(false);
  });

  it('is watched until it has ended, and told to have ended as it did', async () => {
    const { state, look, watch } = setUp();
    const { events } = watch();
    await look();
    state.job = 'completed';
    await look();
    expect(await events).toBe(
      [
        'event: progress\ndata: {"phase":"accepted","percent":1}\n\n',
        'event: progress\ndata: {"phase":"ended","percent":100}\n\n',
        `event: completed\ndata: {"id":"${ID}","result":"/v1/results/${ID}"}\n\n`,
      ].join(''),
    );
  });

  it.each(['not_found', 'result_shredded'] as const)('has failed where its end cannot be read: %s', async (reason) => {
    const { state, look, watch } = setUp();
    const { events } = watch();
    Object.assign(state, { job: 'abandoned', ended: new ServingError(reason, 'There is nothing.') });
    await look();
    expect(await events).toContain('event: failed\n');
  });

  it('is watched on where the database is away for a moment', async () => {
    const { state, look, watch } = setUp();
    const { events } = watch();
    state.job = AWAY;
    await look();
    Object.assign(state, { job: 'completed', ended: AWAY });
    await look();
    state.ended = ANSWER;
    await look();
    expect(await events).toContain('event: completed\n');
  });

  it('is not looked at for who has gone, nor for ever', async () => {
    const { state, look, watch } = setUp();
    const { raw, streaming } = watch();
    raw.destroy();
    await streaming;
    const long = watch();
    await look();
    state.nowMs = 900_000;
    await look();
    expect(await long.events).not.toMatch(/completed|failed/);
    const { looks } = state;
    await new Promise((resolve) => setImmediate(resolve));
    expect(state.looks).toBe(looks);
  });

  it('is watched by as many as may', async () => {
    const { state, elsewhere, watch, look } = setUp();
    const jobs = elsewhere.watchedBy(PRINCIPAL);
    const stops = Array.from({ length: 100 }, () =>
      jobs.watch(
        ID,
        () => undefined,
        () => undefined,
      ),
    );
    expect(() => {
      jobs.ensureWatchable(ID);
    }).toThrow('As many jobs of other gateways are watched here as may.');
    for (const stop of stops) stop();
    await new Promise((resolve) => setImmediate(resolve));
    const { events } = watch();
    state.job = 'completed';
    await look();
    expect(await events).toContain('completed');
  });
});
