import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { ServingError } from '@medserve/errors';
import { catalogueEntry } from '@medserve/testkit';
import type { FastifyReply } from 'fastify';
import type { InferenceRequest } from '../infer/inference-request';
import { classifies, ImageWorld, PRINCIPAL, type Dispatch } from '../testing/image-world';
import { startJob } from './start-job';
import { streamJob } from './stream-job';

const REQUEST: InferenceRequest = {
  files: [{ bytes: Buffer.of(1) }],
  class: 'routine',
  deadlineMs: 60_000,
  allowMismatch: false,
};

/** A reader of events that takes nothing while it is busy. */
class Reader extends EventEmitter {
  writableNeedDrain = false;
  writableEnded = false;
  readonly frames: { readonly event: string; readonly data: Record<string, unknown> }[] = [];

  write(text: string): void {
    const [event = '', data = ''] = text.trim().split('\n');
    this.frames.push({ event: event.slice('event: '.length), data: JSON.parse(data.slice('data: '.length)) as never });
  }

  end(text: string): void {
    this.write(text);
    this.writableEnded = true;
    this.emit('close');
  }

  writeHead = (): void => undefined;

  get reply(): FastifyReply {
    return { raw: this as unknown as ServerResponse, hijack: () => undefined } as unknown as FastifyReply;
  }

  get words(): readonly unknown[] {
    return this.frames.filter(({ event }) => event === 'delta').map(({ data }) => data['text']);
  }
}

describe('the words of a job whose model writes', () => {
  let world: ImageWorld;
  let id: string;
  let ended: Promise<{ readonly bytes: Buffer }>;
  let model: Dispatch;

  beforeEach(async () => {
    world = new ImageWorld();
    world.offer(catalogueEntry('net', { serves: classifies(true), state: 'ready' }));
    const next = world.next();
    const prepared = await world.preparation.prepare(PRINCIPAL, REQUEST, new AbortController().signal);
    ({ id, ended } = await startJob(world.road, world.jobs, prepared));
    model = await next;
  });

  const watch = (reader: Reader): Promise<void> => streamJob(reader.reply, id, world.jobs, undefined);
  const answer = async (): Promise<Record<string, Record<string, unknown>>> => {
    model.answer();
    return JSON.parse((await ended).bytes.toString('utf8')) as never;
  };

  it('are told as they are written, before the end', async () => {
    const reader = new Reader();
    const watching = watch(reader);
    model.write('No ');
    model.write('effusion.');
    await answer();
    await watching;
    expect(reader.frames.map(({ event }) => event)).toEqual(['progress', 'delta', 'delta', 'progress', 'completed']);
    expect(reader.words).toEqual(['No ', 'effusion.']);
  });

  it('are all told to who comes late, in one piece', async () => {
    model.write('No ');
    model.write('effu');
    const reader = new Reader();
    const watching = watch(reader);
    model.write('sion.');
    await answer();
    await watching;
    expect(reader.words).toEqual(['No effu', 'sion.']);
  });

  it('are put together for a slow reader, and complete before the end', async () => {
    const reader = new Reader();
    const watching = watch(reader);
    reader.writableNeedDrain = true;
    for (const word of ['a', 'b', 'c']) model.write(word);
    reader.writableNeedDrain = false;
    reader.emit('drain');
    reader.writableNeedDrain = true;
    for (const word of ['d', 'e']) model.write(word);
    await answer();
    await watching;
    expect(reader.words).toEqual(['abc', 'de']);
    expect(reader.frames.at(-1)?.event).toBe('completed');
  });

  it('are on record by their hash, in the answer', async () => {
    model.write('abc');
    const document = await answer();
    expect(document['provenance']).toMatchObject({
      streamed: { sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
    });
  });

  it('are on record by their hash, too, where no answer came of them', async () => {
    model.write('abc');
    model.fail(new ServingError('inference_failed', 'The model failed.'));
    expect(JSON.parse((await ended).bytes.toString('utf8'))).toMatchObject({
      code: 'inference_failed',
      streamed: { hmacSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    });
    // Whoever has the problem, which lies in clear, could try which short word has this hash.
    expect((await ended).bytes.toString('utf8')).not.toContain('ba7816bf8f01cfea');
    expect((await ended).bytes.toString('utf8')).not.toContain('"abc"');
  });

  it('leave no trace where there were none', async () => {
    expect((await answer())['provenance']).not.toHaveProperty('streamed');
  });
});
