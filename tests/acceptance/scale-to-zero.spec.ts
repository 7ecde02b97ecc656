import { Caller } from '../support/caller';
import { Platform, runMedserve, until } from '../support/platform';
import { descendants } from '../support/processes';
import { syntheticSlice } from '../support/synthetic';

/** Short enough for a test: a pod of two slots, gone four seconds after the last request. */
const POOL = {
  slots: 2,
  lingerSeconds: 2,
  cooldownSeconds: 2,
  stableWindowSeconds: 4,
  panicWindowSeconds: 1,
  up: { periodSeconds: 1 },
  down: { stabilizationSeconds: 2, periodSeconds: 1 },
};
const BURST = 40;

describe.each(['single', 'split'] as const)('the pods of one machine, in the shape "%s"', (shape) => {
  let platform: Platform;
  let caller: Caller;

  beforeAll(async () => {
    const environment = { MEDSERVE_LOCAL_POOL: JSON.stringify(POOL) };
    platform = await Platform.start({ shape, pods: '0..2', environment });
    caller = new Caller(platform.ready);
  }, 120_000);
  afterAll(() => platform.remove(), 60_000);

  const pods = (): number =>
    descendants(platform.ready.pid).filter(({ command }) => command.includes('/dist/inference.js')).length;
  const hosts = (): number =>
    descendants(platform.ready.pid).filter(({ command }) => /\/inference[./]/.test(command)).length;
  // So long that a busy machine is no reason to refuse at the door.
  const ask = () => caller.infer(syntheticSlice(), 'application/dicom', { deadlineMs: '300000' });
  const outcome = async (): Promise<string> => {
    const { status, json } = await ask();
    return status === 200 ? 'answered' : `${String(json['code'])}: ${String(json['detail'])}`;
  };

  it('are there at first, so that everybody knows what can be asked, and gone when nobody asks', async () => {
    expect(pods()).toBe(1);
    await until('no pod', () => hosts() === 0);
    const { json } = await caller.call('/v1/models');
    expect((json['models'] as unknown as unknown[]).length).toBeGreaterThan(0);
  }, 60_000);

  it('come back for a request, which is answered', async () => {
    expect(pods()).toBe(0);
    expect((await ask()).status).toBe(200);
    expect(pods()).toBe(1);
  }, 90_000);

  it('become more in a burst and fewer after it, and not one request is lost', async () => {
    const answers = Array.from({ length: BURST }, outcome);
    await until('a second pod', () => pods() === 2, 60_000);
    const outcomes = await Promise.all(answers);
    // Asked one after the other while the second one leaves.
    while (pods() > 1) outcomes.push(await outcome());
    expect(new Set(outcomes)).toEqual(new Set(['answered']));
  }, 400_000);

  it('are listed with what is asked of them, what is to be there and why', async () => {
    const { stdout } = await runMedserve('pools', '--json', '--home', platform.ready.home);
    expect(JSON.parse(stdout)).toMatchObject({
      isDecided: true,
      data: [{ name: 'local', minReplicas: 0, maxReplicas: 2, decision: { mode: expect.any(String) as string } }],
    });
    const { stdout: text } = await runMedserve('pools', '--home', platform.ready.home);
    expect(text).toMatch(/^POOL +QUEUED +RUNNING +READY +STARTING +WANTED +WHY +WARMTH +OLDEST\nlocal /);
  }, 60_000);

  it('come back after the platform was killed while there was none', async () => {
    await until('no pod', () => hosts() === 0, 60_000);
    const [platformOrRouter] = descendants(platform.ready.pid).filter(({ command }) =>
      /dist\/(platform|router)\.js/.test(command),
    );
    process.kill(platformOrRouter?.pid ?? 0, 'SIGKILL');
    await until('an answer', async () => (await ask().catch(() => undefined))?.status === 200, 60_000);
  }, 120_000);
});
