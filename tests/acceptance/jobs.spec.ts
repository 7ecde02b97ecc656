import { Caller } from '../support/caller';
import { HeldModel } from '../support/held-model';
import { phantom } from '../support/phantom';
import { Platform, runMedserve, until } from '../support/platform';

interface Listed {
  readonly running: number;
  readonly jobs: readonly {
    readonly id: string;
    readonly state: string;
    readonly door: string;
    readonly model: string;
  }[];
  readonly next: string | null;
}

describe.each(['single', 'split'] as const)('the list of jobs (%s)', (shape) => {
  let held: HeldModel;
  let platform: Platform;
  let caller: Caller;
  let picture: Buffer;

  beforeAll(async () => {
    held = await HeldModel.start();
    picture = await phantom([{ kind: 'disc', x: 0.5, y: 0.5, r: 0.2 }]);
    platform = await Platform.start({ shape, ...held.platform });
    caller = new Caller(platform.ready);
  }, 120_000);
  afterAll(async () => {
    await platform.remove();
    await held.stop();
  }, 60_000);

  const list = async (query = ''): Promise<Listed> => (await caller.call(`/v1/jobs${query}`)).json as unknown as Listed;

  /** A job whose model has begun to write and goes no further. */
  async function heldJob(): Promise<string> {
    const before = held.server.asked.length;
    const { status, json } = await caller.inferFiles([picture], held.request, '/v1/jobs');
    expect(status).toBe(202);
    await until('the model is asked', () => held.server.asked.length > before);
    return String(json['id']);
  }

  const cancel = (id: string) => caller.call(`/v1/jobs/${id}/cancel`, { method: 'POST' });

  it('shows what runs and what has ended, by every door, and finds it by what is asked for', async () => {
    const answered = await caller.infer(picture, 'image/png', { modality: 'radiology', allowMismatch: 'true' });
    const running = await heldJob();
    const { jobs } = await list();
    const [first, second] = jobs;
    expect(first).toMatchObject({ id: running, state: 'running', door: 'jobs', model: 'held', task: 'answer' });
    expect(first).toHaveProperty('progress.phase');
    expect(second).toMatchObject({ id: answered.json['id'], door: 'rest' });
    expect((await list('?state=running')).jobs.map(({ id }) => id)).toEqual([running]);
    expect((await list('?model=held&class=routine')).jobs.map(({ id }) => id)).toContain(running);
    expect((await list('?model=none')).jobs).toEqual([]);
    const page = await list('?limit=1');
    expect((await list(`?limit=1&cursor=${page.next ?? ''}`)).jobs.map(({ id }) => id)).toEqual([answered.json['id']]);
    await cancel(running);
  });

  it('ends a running job: the model is left, the record says cancelled, and by whom', async () => {
    const id = await heldJob();
    const deserted = held.server.deserted;
    const first = await cancel(id);
    expect([first.status, first.json['state']]).toEqual([200, 'cancelled']);
    await until('the model is left', () => held.server.deserted > deserted);
    const again = await cancel(id);
    expect([again.status, again.json['state']]).toEqual([200, 'cancelled']);
    expect((await caller.call(`/v1/jobs/${id}`)).json).toMatchObject({
      status: 'cancelled',
      problem: { code: 'cancelled' },
    });
    const { json } = await caller.call(`/v1/audit/${id}`);
    expect(json['records']).toMatchObject([{ event: 'accepted' }, { event: 'cancelled' }]);
    const told = (await caller.call('/v1/audit?event=job_cancelled')).json as unknown as {
      readonly records: readonly { readonly subject: string }[];
    };
    expect(JSON.stringify(told)).toContain(`result:${id}`);
  });

  it('refuses to cancel what is no job, and what there is not', async () => {
    const { json } = await caller.infer(picture, 'image/png', { modality: 'radiology', allowMismatch: 'true' });
    expect((await cancel(String(json['id']))).json).toMatchObject({ state: 'completed' });
    const unknown = await cancel('0197f0a0-0000-7000-8000-000000000000');
    expect([unknown.status, unknown.json['code']]).toEqual([404, 'not_found']);
  });

  it('is there as a command, too', async () => {
    const id = await heldJob();
    const { home } = platform.ready;
    const listed = await runMedserve('jobs', '--home', home, '--state', 'running');
    expect(listed.stdout).toMatch(new RegExp(`${id} +running +answer +held`));
    expect((await runMedserve('jobs', 'cancel', id, '--home', home)).stdout).toBe(`${id}  cancelled\n`);
    expect((await runMedserve('jobs', 'show', id, '--home', home)).stdout).toContain('The job was cancelled.');
  });
});
