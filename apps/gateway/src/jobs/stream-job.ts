import type { FastifyReply } from 'fastify';
import type { ServerResponse } from 'node:http';
import { EVENT_STREAM } from '../http/event-stream';
import { PROBLEM_TYPE } from '../http/problem';
import type { Ended } from '../infer/prepared';
import type { Progress, StoredResult } from '../infer/ports';
import type { Job } from './job-registry';

/** Jobs that can be watched until they end. */
export interface WatchedJobs {
  /** @throws ServingError `overloaded` when as many watch as may */
  ensureWatchable(id: string): void;
  /**
   * Calls back at once, whenever there is more, and when the job has ended.
   *
   * @param onGivenUp is called where the job is not watched to its end
   * @returns how to stop
   */
  watch(id: string, listener: (job: Job) => void, onGivenUp: () => void): () => void;
}

const KEEP_ALIVE_MS = 15_000;

const frame = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

const ending = (id: string, ended: StoredResult | undefined): string => {
  if (ended === undefined) return frame('failed', { id, result: `/v1/results/${id}` });
  const isProblem = ended.contentType === PROBLEM_TYPE;
  return frame(isProblem || ended.status !== undefined ? 'failed' : 'completed', {
    id,
    result: `/v1/results/${id}`,
    ...(isProblem ? { problem: JSON.parse(ended.bytes.toString('utf8')) as unknown } : {}),
  });
};

/** What one reader has been told of a job. */
class Told {
  private progress: Progress | undefined;
  private characters = 0;

  constructor(private readonly out: ServerResponse) {}

  /**
   * Progress that a slow reader cannot take is skipped, as the next one says more. Words are not: what was written meanwhile comes
   * in one piece when there is room, and the rest of it before the end.
   */
  tell({ progress, written }: Job, isLast: boolean): void {
    if (!isLast && this.out.writableNeedDrain) return;
    if (written.length > this.characters) {
      this.out.write(frame('delta', { text: written.slice(this.characters) }));
      this.characters = written.length;
    }
    if (progress !== this.progress) this.out.write(frame('progress', progress));
    this.progress = progress;
  }
}

/**
 * Writes the events of a job until it has ended (HTML Living Standard, 9.2 "Server-sent events"): `progress`; of a model that
 * writes, `delta` with what was written since the one before, the first of them with all that was; last `completed` or `failed`.
 */
export function streamJob(reply: FastifyReply, id: string, jobs: WatchedJobs, ended: Ended | undefined): Promise<void> {
  // Before the first byte: afterwards nobody could be told.
  jobs.ensureWatchable(id);
  reply.hijack();
  const out = reply.raw;
  // Unheard it would end the process; `close` comes after it in any case.
  out.on('error', () => undefined);
  out.writeHead(200, { 'content-type': EVENT_STREAM, 'cache-control': 'no-store', 'x-request-id': id });
  if (ended !== undefined) {
    out.write(frame('progress', { phase: 'ended', percent: 100 }));
    out.end(ending(id, ended));
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const keepAlive = setInterval(() => out.write(': still running\n\n'), KEEP_ALIVE_MS);
    const told = new Told(out);
    let newest: Job | undefined;
    let stop = (): void => undefined;
    out.once('close', () => {
      clearInterval(keepAlive);
      stop();
      resolve();
    });
    out.on('drain', () => {
      if (newest !== undefined && !out.writableEnded) told.tell(newest, false);
    });
    const follow = (job: Job): void => {
      newest = job;
      const isLast = job.progress.phase === 'ended';
      told.tell(job, isLast);
      if (!isLast) return;
      clearInterval(keepAlive);
      out.end(ending(id, job.ended));
    };
    // The caller may have gone before anybody listened: `close` comes once, and whoever waits for the end holds room for the request.
    if (out.closed) {
      clearInterval(keepAlive);
      resolve();
      return;
    }
    stop = jobs.watch(id, follow, () => {
      out.end();
    });
  });
}
