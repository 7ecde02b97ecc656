import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { FastifyReply } from 'fastify';
import { JobRegistry } from './job-registry';
import { streamJob } from './stream-job';

const ENDED = Promise.resolve({ bytes: Buffer.from('{}'), contentType: 'application/json' });

function replyTo() {
  const raw = Object.assign(new PassThrough(), { writeHead: () => undefined });
  return { raw, reply: { raw, hijack: () => undefined } as unknown as FastifyReply };
}

describe('the events of a job', () => {
  it('end once when its idempotency key was repeated', async () => {
    const jobs = new JobRegistry();
    jobs.start('job', 't', ENDED);
    jobs.start('job', 't', ENDED);
    const { raw, reply } = replyTo();
    const [, events] = await Promise.all([streamJob(reply, 'job', jobs, undefined), text(raw)]);
    expect(events.match(/event: completed/g)).toHaveLength(1);
  });

  it('are over when their reader’s connection fails', async () => {
    const jobs = new JobRegistry();
    jobs.start('job', 't', new Promise(() => undefined));
    const { raw, reply } = replyTo();
    const streaming = streamJob(reply, 'job', jobs, undefined);
    raw.destroy(new Error('ECONNRESET'));
    await expect(streaming).resolves.toBeUndefined();
  });

  it('are over at once where their reader has gone before', async () => {
    const jobs = new JobRegistry();
    jobs.start('job', 't', ENDED);
    const { raw, reply } = replyTo();
    raw.destroy();
    await once(raw, 'close');
    await expect(streamJob(reply, 'job', jobs, undefined)).resolves.toBeUndefined();
  });
});
