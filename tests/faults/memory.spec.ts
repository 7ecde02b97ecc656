/** Faults of memory: F23 and F71 of the catalogue (docs/faults.md). */
import { refusalOf, type NativeClient } from '../support/native-client';
import { needs } from '../support/needs';
import { until } from '../support/platform';
import { MemoryLimit } from '../support/privileges';
import { descendants, isAlive } from '../support/processes';
import { Rig } from '../support/rig';
import { ends, expectInvariants } from './invariants';

jest.setTimeout(120_000);

/** A volume for the model that counts voxels, of zeros. */
const volume = (...shape: readonly number[]) => ({
  model: 'ct-tissue',
  deadlineMs: 60_000,
  tensors: [
    {
      name: 'volume',
      datatype: 'INT16',
      shape: [...shape],
      data: Buffer.alloc(2 * shape.reduce((product, size) => product * size, 1)),
    },
  ],
});

const SMALL = volume(1, 2, 3);
/** 33 MB: a host that may take no more memory cannot even read it. */
const LARGE = volume(64, 512, 512);

needs('a memory control group', () => {
  MemoryLimit.probe();
})('a model host without memory', () => {
  let rig: Rig;
  let native: NativeClient;
  let limit: MemoryLimit;

  beforeAll(async () => {
    rig = await Rig.start();
    native = rig.native();
    limit = new MemoryLimit(2 ** 20);
  });
  afterAll(async () => {
    native.close();
    await rig.remove();
    limit.remove();
  });

  it('F23: is killed for it alone: the request fails, on record, or another host answers it, and the next one is served', async () => {
    await ends('a first request', native.infer(SMALL).answer, 60_000);
    const survivors = [rig.pod.pid, rig.router.pid, rig.gateways[0]!.pid];
    const hosts = descendants(rig.pod.pid).filter(({ command }) => command.includes('host-main'));
    for (const { pid } of hosts) limit.put(pid);
    const refusal = await ends('a request without memory', native.infer(LARGE).answer, 60_000).then(
      () => undefined,
      (error: unknown) => refusalOf(error),
    );
    // One that died while it was being sent was not worked on, and goes to another host.
    if (refusal !== undefined) {
      expect(refusal.reason).toBe('inference_failed');
      expect(await rig.caller().events(refusal.requestId ?? '')).toEqual(['accepted', 'failed']);
    }
    await until('the end of the host that took more', () => hosts.some(({ pid }) => !isAlive(pid)));
    await ends('a request to the next host', native.infer(SMALL).answer, 60_000);
    for (const pid of survivors) expect(isAlive(pid)).toBe(true);
    await expectInvariants({ databaseUrl: rig.database.url, verify: () => rig.verify() });
  });
});
