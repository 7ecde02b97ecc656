import type { Prepared } from '../infer/prepared';
import type { Accepted, Road } from '../infer/road';
import type { Ticket } from '../quotas/ticket';
import type { JobRegistry } from './job-registry';
import { readAlong } from './read-along';
import { WrittenText } from './written-text';

/**
 * Accepts a request that goes on when its caller hangs up, and whose progress and words can be watched.
 *
 * @throws ServingError `overloaded` when as many jobs run as may; what `Road.accept` throws
 */
export async function startJob(
  road: Pick<Road, 'accept'>,
  jobs: JobRegistry,
  prepared: Prepared,
  ticket?: Ticket,
): Promise<Accepted> {
  const leavePlace = jobs.reserve();
  try {
    const { request, tenant } = prepared.subject;
    const written = new WrittenText();
    const stop = new AbortController();
    const accepted = await road.accept(stoppable(readAlong(prepared, written), stop.signal), {
      signal: new AbortController().signal,
      ticket,
      door: 'jobs',
      onProgress: (progress) => {
        jobs.report(request, progress);
      },
    });
    // One whose key was used before is worked on under another id, maybe elsewhere.
    const isOurs = accepted.id === request;
    jobs.start(accepted.id, tenant, accepted.ended, written, isOurs ? stop : undefined);
    return accepted;
  } finally {
    leavePlace();
  }
}

const stoppable = (prepared: Prepared, signal: AbortSignal): Prepared => ({
  ...prepared,
  stop: prepared.stop === undefined ? signal : AbortSignal.any([prepared.stop, signal]),
});
