import type { JobPlace, JobQuestion, ListedJob } from '@medserve/storage';
import { optional } from '../infer/model-words';
import { PRINCIPAL } from '../testing/image-world';
import { parseWith } from '../http/parse-with';
import { JobList, jobsQuery } from './job-list';
import { JobRegistry } from './job-registry';

const id = (number: number): string => `0197f0a0-0000-7000-8000-${String(number).padStart(12, '0')}`;

const row = (number: number, fields: Partial<ListedJob> = {}): ListedJob => ({
  id: id(number),
  state: 'completed',
  task: 'classify',
  modality: 'radiology',
  model: 'net',
  version: '1',
  class: 'routine',
  door: 'rest',
  site: null,
  acceptedAt: new Date(number * 1_000),
  endedAt: new Date(number * 1_000 + 5),
  problem: null,
  ...fields,
});

describe('JobList', () => {
  const listOf = (rows: readonly ListedJob[], registry = new JobRegistry(), cut?: JobPlace) => {
    const asked: JobQuestion[] = [];
    const store = {
      list: (question: JobQuestion) => {
        asked.push(question);
        const jobs = rows.slice(0, question.limit);
        const next = cut ?? (rows.length > jobs.length ? jobs.at(-1) : undefined);
        return Promise.resolve({ jobs, ...optional('next', next), isCutShort: cut !== undefined });
      },
      running: () => Promise.resolve(7),
    };
    const list = new JobList(store, registry);
    return { asked, ask: (query: unknown = {}) => list.list(PRINCIPAL, parseWith(jobsQuery, query)) };
  };

  it('tells of a request what is known of it, and how many run', async () => {
    const { ask } = listOf([row(1)]);
    expect(await ask()).toEqual({
      running: 7,
      jobs: [
        {
          id: id(1),
          state: 'completed',
          task: 'classify',
          modality: 'radiology',
          model: 'net',
          version: '1',
          class: 'routine',
          door: 'rest',
          acceptedAt: new Date(1_000),
          endedAt: new Date(1_005),
        },
      ],
      next: null,
    });
  });

  it.each(['a\u0000b', 'a\u007f', ''])('asks no database for a model that is called %j', (model) => {
    const { ask, asked } = listOf([]);
    expect(() => ask({ model })).toThrow(
      expect.objectContaining({ reason: 'invalid_request', field: 'model' }) as Error,
    );
    expect(asked).toEqual([]);
  });

  it('tells how far a job is that runs here, and why there is no answer in words', async () => {
    const registry = new JobRegistry();
    registry.start(id(3), PRINCIPAL.tenant, new Promise(() => undefined));
    registry.report(id(3), { phase: 'running', percent: 40 });
    const { ask } = listOf(
      [
        row(3, { state: 'accepted', endedAt: null }),
        row(2, { state: 'failed', problem: 'inference_failed' }),
        row(1, { state: 'abandoned', problem: 'abandoned' }),
      ],
      registry,
    );
    const [running, failed, abandoned] = (await ask()).jobs;
    expect(running).toMatchObject({ state: 'running', progress: { phase: 'running', percent: 40 } });
    expect(failed?.problem).toEqual({ code: 'inference_failed', title: expect.any(String) as string });
    expect(abandoned?.problem).toMatchObject({ code: 'abandoned', title: expect.stringContaining('died') as string });
  });

  it('says where the next page begins, and begins it there', async () => {
    const { ask, asked } = listOf([row(3), row(2), row(1)]);
    const { jobs, next } = await ask({ limit: '2' });
    expect(jobs.map((job) => job.id)).toEqual([id(3), id(2)]);
    expect(next).toBe(`2000~${id(2)}`);
    await ask({ cursor: next, state: 'running', from: '2026-01-01T00:00:00+01:00' });
    expect(asked[1]).toMatchObject({
      tenant: PRINCIPAL.tenant,
      state: 'accepted',
      after: { acceptedAt: new Date(2_000), id: id(2) },
      from: new Date('2025-12-31T23:00:00Z'),
      limit: 50,
    });
  });

  it('says how far back it looked where a page ends before it is full, and goes on there', async () => {
    const place = { acceptedAt: new Date(1_000), id: id(9) };
    const { ask } = listOf([], undefined, place);
    expect(await ask({ model: 'rare' })).toEqual({
      running: 7,
      jobs: [],
      next: `1000~${id(9)}`,
      lookedBackTo: place.acceptedAt,
    });
  });

  it.each([
    ['a state that there is not', { state: 'accepted' }],
    ['a class that there is not', { class: 'soon' }],
    ['a cursor that was made up', { cursor: `1~'; DROP TABLE job` }],
    ['more than a page may hold', { limit: '501' }],
    ['a time that is none', { from: 'yesterday' }],
    ['something else', { patient: 'Doe' }],
  ])('refuses %s', async (_, query) => {
    await expect(async () => listOf([]).ask(query)).rejects.toMatchObject({ reason: 'invalid_request' });
  });
});
