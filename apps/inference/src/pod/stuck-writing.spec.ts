import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLanguagePackage } from '@medserve/testkit';
import { conversation, generationInput } from '../host/testing/incoming';
import { ENSURE, TestPod } from './testing/test-pod';

jest.setTimeout(120_000);

const WRITER = { name: 'writer', version: '1' };
const ARMED = ['MEDSERVE_FAILPOINTS', 'MEDSERVE_FAILPOINTS_ARE_FOR_TESTS'] as const;

describe('a host whose step never ends', () => {
  let folder: string;
  let pod: TestPod;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'medserve-stuck-'));
    const fuse = join(folder, 'fuse');
    await writeFile(fuse, '');
    const faults = [{ point: 'host.before-run', do: 'block', ms: 600_000, fuse }];
    // Its hosts have it of this process.
    process.env[ARMED[0]] = JSON.stringify({ faults });
    process.env[ARMED[1]] = 'yes';
    pod = await TestPod.start(async (repository) => {
      await writeLanguagePackage(repository, { name: 'writer', generation: { slots: 1 } });
    });
  });
  afterAll(async () => {
    for (const name of ARMED) Reflect.deleteProperty(process.env, name);
    await pod.close();
    await rm(folder, { recursive: true });
  });

  it('is killed when its callers have gone, and what waited there is answered by another', async () => {
    const ask = (deadlineMs: number) =>
      pod.serve(WRITER, [], { input: generationInput(conversation('Hello', { maxTokens: 2 })), deadlineMs });
    // Loaded first, and begun before the other comes: it is this one that is to be stuck.
    await pod.client.ensure(WRITER, ENSURE);
    const watcher = watch(folder);
    const lit = once(watcher, 'change');
    const stuck = ask(3_000);
    stuck.catch(() => undefined);
    await lit;
    watcher.close();
    const waiting = ask(60_000);
    await expect(stuck).rejects.toMatchObject({ reason: 'deadline_exceeded' });
    expect(existsSync(join(folder, 'fuse'))).toBe(false);
    await expect(waiting).resolves.toMatchObject({ generation: { usage: { completion: 2 } } });
    expect(pod.kinds()).toContain('started');
    expect(pod.kinds().filter((kind) => kind === 'died' || kind === 'replaced')).toHaveLength(1);
  });
});
