import type { SendReason, Sent } from '../sent';
import type { Reply } from './post';
import { TokenRefusedError } from './token-refused';

const LATER = new Set([408, 425, 429]);
/** `Retry-After` beyond a day is a mistake, not a wish. */
const MOST_AFTER_MS = 86_400_000;

/** What an HTTP answer that is no success means: 4xx is the receiver's last word but for the few that ask for patience. */
export function judgeFailure({ status, headers }: Pick<Reply, 'status' | 'headers'>): Sent {
  const word = String(status);
  const afterMs = retryAfterMs(headers['retry-after']);
  const wait = afterMs === undefined ? {} : { afterMs };
  if (status === 429 || status === 503) return { kind: 'retry', reason: 'busy', status: word, ...wait };
  if (LATER.has(status)) return { kind: 'retry', reason: 'timeout', status: word, ...wait };
  if (status === 502) return { kind: 'retry', reason: 'unreachable', status: word };
  if (status === 504) return { kind: 'retry', reason: 'timeout', status: word };
  if (status >= 500) return { kind: 'retry', reason: 'receiver_failed', status: word };
  if (status === 401 || status === 403) return { kind: 'refused', reason: 'not_authorised', status: word };
  if (status >= 400) return { kind: 'refused', reason: 'content_refused', status: word };
  // A redirect, or what no receiver of results says.
  return { kind: 'refused', reason: 'bad_answer', status: word };
}

function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, MOST_AFTER_MS) : undefined;
}

const TLS_CODE = /^(ERR_TLS|ERR_SSL|EPROTO$|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** What it means that there was no answer, or no credential to ask with. */
export function judgeSilence(error: unknown, signal: AbortSignal): Sent {
  if (error instanceof TokenRefusedError)
    return judgeFailure({ status: error.status < 500 && !LATER.has(error.status) ? 401 : error.status, headers: {} });
  const { code = '' } = error as NodeJS.ErrnoException;
  const reason: SendReason = signal.aborted
    ? 'timeout'
    : TLS_CODE.test(code)
      ? 'tls'
      : code === 'ECONNRESET' || code === 'EPIPE'
        ? 'aborted'
        : 'unreachable';
  return { kind: 'retry', reason };
}
