import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { dicomFile, image, niceOfThreads, words } from '@medserve/testkit';
import { DecodePool, type DecodePoolOptions } from './decode-pool';

const UNRULY = resolve(__dirname, '../testing/unruly-worker.cjs');
const COMPILED = resolve(__dirname, '../../dist/decode/decode-worker.js');

const pools: DecodePool[] = [];
function open(options: Partial<DecodePoolOptions> = {}): DecodePool {
  const pool = new DecodePool({ workers: 1, queueLimit: 4, timeoutMs: 20_000, ...options });
  pools.push(pool);
  return pool;
}
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

const act = (mediaType: string) => [{ bytes: Buffer.from([1, 2, 3]), mediaType }];

describe('a study that misbehaves', () => {
  it('and never ends is unreadable after its time, and the next one is served', async () => {
    const pool = open({ workerFile: UNRULY, timeoutMs: 1000 });
    await expect(pool.decode(act('loop'))).rejects.toMatchObject({
      reason: 'unreadable_image',
      message: expect.stringContaining('longer than 1 s') as unknown,
    });
    expect([...(await pool.decode(act('fine'))).decoded.samples]).toEqual([1, 2, 3]);
    expect(pool.stats()).toEqual({ workers: 1, busy: 0, queued: 0, replaced: 1 });
  });

  it.each(['crash', 'exit', 'hoard'])(
    'and makes its thread end (%s) is unreadable, and the next one is served',
    async (how) => {
      const pool = open({ workerFile: UNRULY, heapMib: 32 });
      await expect(pool.decode(act(how))).rejects.toMatchObject({ reason: 'unreadable_image' });
      expect([...(await pool.decode(act('fine'))).decoded.samples]).toEqual([1, 2, 3]);
    },
  );

  it('does not hold up those that wait behind it', async () => {
    const pool = open({ workerFile: UNRULY });
    const [first, second] = await Promise.allSettled([pool.decode(act('crash')), pool.decode(act('fine'))]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
  });
});

it('a study that is wanted as a file, too, comes back as one, and its samples are a part of it', async () => {
  const pool = open({ workerFile: COMPILED });
  const file = dicomFile(image(2, 1, { 0x7fe00010: ['OW', words(7, 9)] }));
  const { decoded, nifti } = await pool.decode([{ bytes: file }], undefined, { asNifti: true });
  expect(decoded.samples).toEqual(new Uint16Array([7, 9]));
  expect(nifti?.byteLength).toBe(352 + 4);
  expect(decoded.samples.buffer).toBe(nifti?.buffer);
  expect((await pool.decode([{ bytes: file }])).nifti).toBeUndefined();
});

const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux('a thread that decodes gives way to those that pass requests on', async () => {
  const before = niceOfThreads(process.pid);
  const pool = open({ workerFile: COMPILED });
  await pool.decode([{ bytes: dicomFile(image(2, 1, { 0x7fe00010: ['OW', words(7, 9)] })) }]);
  const [own, ...others] = niceOfThreads(process.pid);
  expect(own).toBe(before[0]);
  expect(others.filter((nice) => nice > (own ?? 0)).length).toBe(1 + before.filter((nice) => nice > (own ?? 0)).length);
});

it('a full queue refuses the next study', async () => {
  const pool = open({ workerFile: UNRULY, queueLimit: 1 });
  const taken = Promise.allSettled([pool.decode(act('wait')), pool.decode(act('wait'))]);
  await expect(pool.decode(act('fine'))).rejects.toMatchObject({
    reason: 'overloaded',
    limit: 'decode queue: 1 studies',
  });
  await pool.close();
  const closed = { status: 'rejected', reason: { reason: 'unavailable' } };
  expect(await taken).toMatchObject([closed, closed]);
});

it('a cancelled study gives its place back, waiting or running', async () => {
  const pool = open({ workerFile: UNRULY });
  const caller = new AbortController();
  const running = pool.decode(act('wait'), caller.signal);
  const waiting = pool.decode(act('wait'), caller.signal);
  const next = pool.decode(act('fine'));
  caller.abort();
  await expect(running).rejects.toMatchObject({ reason: 'cancelled' });
  await expect(waiting).rejects.toMatchObject({ reason: 'cancelled' });
  expect([...(await next).decoded.samples]).toEqual([1, 2, 3]);
  expect(pool.stats()).toMatchObject({ busy: 0, queued: 0 });
});

it('a thread that cannot start is our fault, not that of the image', async () => {
  const pool = open({ workerFile: resolve(__dirname, 'no-such-worker.js') });
  await expect(pool.decode(act('fine'))).rejects.toMatchObject({ reason: 'internal' });
});

it('buffers that own their memory are moved, others are copied', async () => {
  const pool = open({ workerFile: UNRULY });
  const own = Buffer.from(new ArrayBuffer(16));
  const slab = Buffer.alloc(64);
  await pool.decode([{ bytes: own }, { bytes: slab.subarray(0, 8) }, { bytes: slab.subarray(8) }]);
  expect([own.length, slab.length]).toEqual([0, 64]);
});

if (existsSync(COMPILED)) {
  describe('with the real worker', () => {
    it('whom the file shows comes back wrapped', async () => {
      const file = dicomFile(image(1, 2, { 0x00100020: ['LO', 'P-17'], 0x7fe00010: ['OW', words(3, 4)] }));
      const { identity } = await open().decode([{ bytes: file }]);
      expect(identity?.patientId?.reveal('comparison')).toBe('P-17');
      expect(String(identity?.patientId)).toBe('[sensitive]');
    });

    it('the frame that is asked for is the one that comes back', async () => {
      const loop = dicomFile(image(1, 1, { 0x00280008: ['IS', 3], 0x7fe00010: ['OW', words(3, 4, 5)] }));
      const { decoded, viewed } = await open().decode([{ bytes: loop, view: { frame: 3 } }]);
      expect([decoded.samples[0], viewed]).toEqual([5, { frame: 3 }]);
    });

    it('samples come back typed, and refusals with all they say', async () => {
      const pool = open({ workers: 2 });
      const file = dicomFile(image(1, 2, { 0x7fe00010: ['OW', words(3, 4)] }));
      const { decoded, inputs } = await pool.decode([{ bytes: file }]);
      expect(decoded.samples).toBeInstanceOf(Uint16Array);
      expect([...decoded.samples]).toEqual([3, 4]);
      expect(inputs).toEqual([expect.objectContaining({ kind: 'dicom', bytes: file.length })]);
      const huge = dicomFile(image(65535, 65535, { 0x7fe00010: ['OW', words(3, 4)] }));
      await expect(pool.decode([{ bytes: huge }])).rejects.toMatchObject({
        reason: 'too_large',
        limit: 'pixels: 67108864 pixels of one frame',
        remedy: expect.any(String) as unknown,
      });
    });
  });
} else {
  it.skip('the compiled worker is missing: run "npm run build" first', () => undefined);
}
