/** Faults of memory: F23 and F71 of the catalogue (docs/faults.md). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { slowOnnx, writeModelPackage } from '@medserve/testkit';
import { refusalOf } from '../support/native-client';
import { needs } from '../support/needs';
import { descendants } from '../support/processes';
import { MemoryLimit } from '../support/privileges';
import { Rig } from '../support/rig';
import { ends, expectInvariants } from './invariants';

jest.setTimeout(120_000);

const one = Buffer.from(Float32Array.of(1).buffer);
const wide = { model: 'wide', tensors: [{ name: 'x', datatype: 'FP32', shape: [1], data: one }] };

needs('a memory control group', () => {
  MemoryLimit.probe();
})('a model host without memory', () => {
  it('F23: is killed for it alone: the request fails, on record, and the next host serves', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'medserve-wide-'));
    await writeModelPackage(scratch, { name: 'wide', onnx: slowOnnx(512, 100) });
    const rig = await Rig.start({ models: [scratch] });
    const native = rig.native();
    await ends('a first request', native.infer(wide).answer, 60_000);
    const limit = new MemoryLimit(2 ** 20);
    const survivors = [rig.pod.pid, rig.router.pid, rig.gateways[0]!.pid];
    for (const { pid, command } of descendants(rig.pod.pid)) if (command.includes('host-main')) limit.put(pid);
    const refusal = await ends('a request without memory', native.infer(wide).answer, 60_000).then(
      () => undefined,
      (error: unknown) => refusalOf(error),
    );
    expect(refusal?.reason).toBe('inference_failed');
    expect(await rig.caller().events(refusal?.requestId ?? '')).toEqual(['accepted', 'failed']);
    await ends('a request to the next host', native.infer({ ...wide, deadlineMs: 60_000 }).answer, 60_000);
    for (const pid of survivors) expect(() => process.kill(pid, 0)).not.toThrow();
    await expectInvariants({ databaseUrl: rig.database.url, verify: () => rig.verify() });
    native.close();
    await rig.remove();
    limit.remove();
    rmSync(scratch, { recursive: true });
  });
});
