import { newEventId, type ActivityEvent } from '@medserve/events';
import { silentLogger } from '@medserve/runtime';
import type { ListedJob } from '@medserve/storage';
import { catalogueEntry } from '@medserve/testkit';
import { classifies, ImageWorld, PRINCIPAL } from '../testing/image-world';
import { JobCancellation, type JobCancellationParts } from './job-cancellation';
import { startJob } from './start-job';

const row = (fields: Partial<ListedJob> = {}): ListedJob => ({
  id: newEventId(),
  state: 'accepted',
  task: 'classify',
  modality: null,
  model: 'net',
  version: null,
  class: 'routine',
  door: 'jobs',
  site: null,
  acceptedAt: new Date(0),
  endedAt: null,
  problem: null,
  ...fields,
});

type Store = JobCancellationParts['store'];

/** The list of the platform, as several gateways see it. */
class Rows implements Store {
  readonly rows = new Map<string, ListedJob>();
  readonly told: ActivityEvent[] = [];
  readonly asked = new Set<string>();
  isAway = false;
  onAsked = (): void => undefined;

  add(job: ListedJob): ListedJob {
    this.rows.set(job.id, job);
    return job;
  }

  end(id: string, state: ListedJob['state']): void {
    const job = this.rows.get(id);
    if (job !== undefined) this.add({ ...job, state, endedAt: new Date(1) });
  }

  find(_tenant: string, id: string): Promise<ListedJob | undefined> {
    return Promise.resolve(this.rows.get(id));
  }

  askToCancel(_tenant: string, id: string, entry: ActivityEvent): Promise<boolean> {
    this.asked.add(id);
    this.told.push(entry);
    this.onAsked();
    return Promise.resolve(true);
  }

  heardCancellations(running: readonly string[]): Promise<string[]> {
    if (this.isAway) return Promise.reject(new Error('away'));
    return Promise.resolve(running.filter((id) => this.asked.delete(id)));
  }
}

const activities: JobCancellationParts['activities'] = {
  eventOf: (by, deed) => ({
    id: newEventId(),
    schema: 1,
    at: new Date(0).toISOString(),
    tenant: by.tenant,
    actor: by.id,
    ...deed,
  }),
};

describe('JobCancellation', () => {
  /** A gateway with a job whose model works on it. */
  async function gatewayWithJob(rows: Rows) {
    const world = new ImageWorld();
    world.offer(catalogueEntry('net', { serves: classifies(true), state: 'ready' }));
    const request = {
      files: [{ bytes: Buffer.from('x') }],
      class: 'routine',
      deadlineMs: 60_000,
      allowMismatch: false,
    };
    const prepared = await world.preparation.prepare(PRINCIPAL, request as never, new AbortController().signal);
    const dispatched = world.next();
    const { id, ended } = await startJob(world.road, world.jobs, prepared);
    await dispatched;
    rows.add(row({ id }));
    void ended.then(({ bytes }) => {
      const { code } = JSON.parse(bytes.toString('utf8')) as { code?: string };
      rows.end(id, code === 'cancelled' ? 'cancelled' : 'completed');
    });
    const cancellation = new JobCancellation({ store: rows, jobs: world.jobs, activities, logger: silentLogger });
    return { id, ended, world, cancellation };
  }

  it('ends the work of a job that runs here; its record ends as cancelled, and who wanted it is told', async () => {
    const rows = new Rows();
    const { id, ended, cancellation } = await gatewayWithJob(rows);
    expect(await cancellation.cancel(PRINCIPAL, id)).toMatchObject({ id, state: 'cancelled' });
    const { contentType, bytes } = await ended;
    expect(contentType).toBe('application/problem+json');
    expect(JSON.parse(bytes.toString('utf8'))).toMatchObject({ code: 'cancelled', detail: 'The job was cancelled.' });
    expect(rows.told).toMatchObject([
      { event: 'job_cancelled', subject: `result:${id}`, actor: 'k', outcome: 'success' },
    ]);
  });

  it('ends a job that runs at another gateway, once that one listens', async () => {
    const rows = new Rows();
    const there = await gatewayWithJob(rows);
    const here = await gatewayWithJob(rows);
    const asked = new Promise<void>((resolve) => {
      rows.onAsked = resolve;
    });
    const cancelled = here.cancellation.cancel(PRINCIPAL, there.id);
    await asked;
    await there.cancellation.hear();
    expect(await cancelled).toMatchObject({ id: there.id, state: 'cancelled' });
    expect(here.world.jobs.isRunning(here.id)).toBe(true);
  });

  it('leaves what has ended as it is, and tells nobody', async () => {
    const rows = new Rows();
    const { cancellation } = await gatewayWithJob(rows);
    const { id } = rows.add(row({ state: 'completed', endedAt: new Date(1) }));
    expect(await cancellation.cancel(PRINCIPAL, id)).toMatchObject({ id, state: 'completed' });
    expect(rows.told).toEqual([]);
  });

  it('refuses what is no job, since somebody waits for its answer, and what there is not', async () => {
    const rows = new Rows();
    const { cancellation } = await gatewayWithJob(rows);
    const { id } = rows.add(row({ door: 'rest' }));
    await expect(cancellation.cancel(PRINCIPAL, id)).rejects.toMatchObject({ reason: 'job_state' });
    await expect(cancellation.cancel(PRINCIPAL, newEventId())).rejects.toMatchObject({ reason: 'not_found' });
    await expect(cancellation.cancel(PRINCIPAL, 'nonsense')).rejects.toMatchObject({ reason: 'not_found' });
    expect(rows.told).toEqual([]);
  });

  it('goes on listening when the database was away', async () => {
    const rows = new Rows();
    const { id, ended, cancellation } = await gatewayWithJob(rows);
    rows.asked.add(id);
    rows.isAway = true;
    cancellation.start();
    await Promise.resolve();
    rows.isAway = false;
    expect(JSON.parse((await ended).bytes.toString('utf8'))).toMatchObject({ code: 'cancelled' });
    await cancellation.close();
  });
});
