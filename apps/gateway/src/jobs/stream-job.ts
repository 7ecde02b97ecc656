import type { FastifyReply } from 'fastify';
import { PROBLEM_TYPE } from '../infer/problem';
import type { Ended } from '../infer/prepared';
import type { StoredResult } from '../infer/ports';
import type { JobRegistry } from './job-registry';

const KEEP_ALIVE_MS = 15_000;

const frame = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

const ending = (id: string, ended: StoredResult | undefined): string => {
  if (ended === undefined) return frame('failed', { id, result: `/v1/results/${id}` });
  const isProblem = ended.contentType === PROBLEM_TYPE;
  return frame(isProblem ? 'failed' : 'completed', {
    id,
    result: `/v1/results/${id}`,
    ...(isProblem ? { problem: JSON.parse(ended.bytes.toString('utf8')) as unknown } : {}),
  });
};

/**
 * Writes the events of a job until it has ended (HTML Living Standard, 9.2 "Server-sent events"). Progress that a slow
 * reader cannot take is skipped, as the next one says more; the last event is never.
 */
export function streamJob(reply: FastifyReply, id: string, jobs: JobRegistry, ended: Ended | undefined): Promise<void> {
  // Before the first byte: afterwards nobody could be told.
  jobs.ensureWatchable(id);
  reply.hijack();
  const out = reply.raw;
  // Unheard it would end the process; `close` comes after it in any case.
  out.on('error', () => undefined);
  out.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-request-id': id });
  if (ended !== undefined) {
    out.write(frame('progress', { phase: 'ended', percent: 100 }));
    out.end(ending(id, ended));
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const keepAlive = setInterval(() => out.write(': still running\n\n'), KEEP_ALIVE_MS);
    let stop = (): void => undefined;
    out.once('close', () => {
      clearInterval(keepAlive);
      stop();
      resolve();
    });
    stop = jobs.watch(id, (job) => {
      if (job.progress.phase === 'ended') {
        clearInterval(keepAlive);
        out.write(frame('progress', job.progress));
        out.end(ending(id, job.ended));
      } else if (!out.writableNeedDrain) {
        out.write(frame('progress', job.progress));
      }
    });
  });
}
