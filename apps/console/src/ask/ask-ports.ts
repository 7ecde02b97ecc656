import { call, callJson, readEvents } from '../api';
import { unreachable } from '../api/problem';
import { sendFiles } from '../images/send-files';
import type { AskPorts, JobView } from './run-ask';

/** The platform that serves this page. */
export const ASK_PORTS: AskPorts = {
  send: async ({ files, request, idempotencyKey }, onSent, signal) => {
    const headers = { 'idempotency-key': idempotencyKey };
    const response = await sendFiles('/v1/jobs', { files, request, headers, signal, onSent });
    return ((await response.json()) as { readonly id: string }).id;
  },
  events: async function* (id, signal) {
    const { body } = await call(`/v1/jobs/${id}/events`, { headers: { accept: 'text/event-stream' }, signal });
    if (body === null) return;
    try {
      yield* readEvents(body);
    } catch (error) {
      if (signal.aborted) throw error;
      // A stream that breaks is a platform that is away, as a call that does not get through is.
      throw unreachable();
    }
  },
  look: (id, signal) => callJson<JobView>(`/v1/jobs/${id}`, { signal }),
  wait: (ms, signal) =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', leave);
        resolve();
      }, ms);
      signal.addEventListener('abort', leave, { once: true });
    }),
  nowMs: () => Date.now(),
};

/** Stops a job; its events tell when it has ended. @throws ApiError */
export const cancelJob = (id: string): Promise<unknown> => callJson(`/v1/jobs/${id}/cancel`, { method: 'POST' });
