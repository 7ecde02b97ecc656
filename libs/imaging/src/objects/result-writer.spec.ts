import { join } from 'node:path';
import type { Answer } from '@medserve/clinical';
import { answerDocument, ctSlice } from '@medserve/testkit';
import type { ResultInput, SourceInstance } from './result-input';
import { resultObjects } from './result-objects';
import { ResultWriter } from './result-writer';

const file = ctSlice(0, 17, 13);
const readable: SourceInstance = { header: file, read: () => Promise.resolve(file) };
const box: Answer = {
  kind: 'regions',
  frame: { width: 13, height: 17 },
  regions: [{ label: { code: 'nodule', display: 'Nodule' }, box: { x: 1, y: 2, width: 3, height: 4 } }],
};
const input = (source: SourceInstance): ResultInput => ({
  runs: [{ name: 'run', requestId: 'r-1', document: answerDocument(box, 1), sources: [source] }],
  generation: 1,
  equipment: { manufacturer: 'MedServe', model: 'Gateway', version: '0.1', serial: 'S1' },
  now: new Date(0),
  wants: ['sr', 'sc', 'gsps'],
});

describe('the result writer', () => {
  const writers: ResultWriter[] = [];
  const started = (options: Partial<ConstructorParameters<typeof ResultWriter>[0]> = {}): ResultWriter => {
    const writer = new ResultWriter({ timeoutMs: 30_000, queueLimit: 2, ...options });
    writers.push(writer);
    return writer;
  };
  afterEach(() => Promise.all(writers.splice(0).map((writer) => writer.close())));

  it('makes on its thread what is made without one, input after input', async () => {
    const writer = started();
    const made = await Promise.all([writer.write(input(readable)), writer.write(input(readable))]);
    const wanted = await resultObjects(input(readable));
    for (const objects of made) {
      expect(objects.map(({ bytes }) => bytes.toString('base64'))).toEqual(
        wanted.map(({ bytes }) => bytes.toString('base64')),
      );
    }
    expect(made[0][0]?.kind).toBe('sr');
  });

  it('passes refusals on, fails where a file cannot be read, and goes on', async () => {
    const writer = started();
    const damaged = { ...readable, header: file.subarray(0, 200) };
    await expect(writer.write(input(damaged))).rejects.toMatchObject({ reason: 'unreadable_image' });
    const gone = { ...readable, read: () => Promise.reject(new Error('gone')) };
    await expect(writer.write(input(gone))).rejects.toMatchObject({ reason: 'internal' });
    await expect(writer.write(input(readable))).resolves.toHaveLength(3);
  });

  it('starts its thread before there is anything to write, once, and not any more after its end', async () => {
    const writer = started();
    const threads = jest.spyOn(writer as never, 'start');
    writer.warm();
    writer.warm();
    await expect(writer.write(input(readable))).resolves.toHaveLength(3);
    await writer.close();
    writer.warm();
    expect(threads).toHaveBeenCalledTimes(1);
  });

  it('gives up a thread that overruns its time', async () => {
    const writer = started({ timeoutMs: 50, workerFile: join(__dirname, 'testing', 'silent-worker.cjs') });
    await expect(writer.write(input(readable))).rejects.toThrow('longer than 0.05 s');
  });

  it('refuses more than may wait, what was cancelled, and what comes after its end', async () => {
    const writer = started({ queueLimit: 0, workerFile: join(__dirname, 'testing', 'silent-worker.cjs') });
    const running = writer.write(input(readable));
    await expect(writer.write(input(readable))).rejects.toMatchObject({ reason: 'overloaded' });
    await writer.close();
    await expect(running).rejects.toMatchObject({ reason: 'unavailable' });
    await expect(writer.write(input(readable))).rejects.toMatchObject({ reason: 'unavailable' });
    await expect(started().write(input(readable), AbortSignal.abort())).rejects.toMatchObject({ reason: 'cancelled' });
  });
});
