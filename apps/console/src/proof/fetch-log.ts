import { ApiError, call } from '../api';
import type { Bytes } from './log';
import type { LogSource } from './open-log';

const LOG = '/v1/audit/log/';
const RETRY_MS = 10_000;

/** The log of the reader's tenant, as the platform serves it (scope `audit:export`). */
export function logOver(signal: AbortSignal): LogSource {
  const get = (path: string): Promise<Response> => call(LOG + path, { signal, headers: { accept: '*/*' } });
  return {
    checkpoint: async () => {
      try {
        return { note: await (await get('checkpoint')).text() };
      } catch (error) {
        if (!(error instanceof ApiError) || error.problem.status !== 404) throw error;
        return { retryAfterMs: error.retryAfterMs ?? RETRY_MS };
      }
    },
    key: async () => (await get('key')).text(),
    file: async (path): Promise<Bytes> => new Uint8Array(await (await get(path)).arrayBuffer()),
  };
}
