import * as http from 'node:http';
import * as https from 'node:https';
import type { PoolEndpoints } from '../generation/pool-endpoints';

export interface PoolQuestion {
  readonly method: 'GET' | 'POST';
  /** After the server's base URL. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Destroys the request, and with it the answer, at once. */
  readonly signal: AbortSignal;
  /** For the connection and the head of the answer. */
  readonly withinMs: number;
}

/** The server could not be reached, or hung up before it answered. */
export class UnreachableError extends Error {
  constructor(cause: unknown) {
    super('no server answered', { cause });
    this.name = 'UnreachableError';
  }
}

/** The server took too long to begin its answer. */
export class LateError extends Error {
  constructor() {
    super('the server did not begin its answer in time');
    this.name = 'LateError';
  }
}

const MAX_SOCKETS = 1_024;

/**
 * Connections to the servers of one pool, kept between requests. Redirects are not followed and no proxy is used: what is sent
 * goes where the pools file says, or nowhere.
 */
export class PoolConnection {
  private readonly agents: { readonly http: http.Agent; readonly https: https.Agent };

  constructor(private readonly endpoints: Pick<PoolEndpoints, 'key' | 'ca'>) {
    const kept = { keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: 64, timeout: 0 } as const;
    const { ca } = endpoints;
    this.agents = {
      http: new http.Agent(kept),
      https: new https.Agent({ ...kept, ...(ca === undefined ? {} : { ca }) }),
    };
  }

  /**
   * @returns the answer, whatever its status, as soon as its head is there; whoever asked reads or destroys it
   * @throws UnreachableError, LateError; the signal's reason
   */
  ask(replica: string, question: PoolQuestion): Promise<http.IncomingMessage> {
    return this.send(`${replica}${question.path}`, question, true);
  }

  close(): void {
    this.agents.http.destroy();
    this.agents.https.destroy();
  }

  private send(url: string, question: PoolQuestion, mayReuse: boolean): Promise<http.IncomingMessage> {
    const { method, headers = {}, body, signal, withinMs } = question;
    const isSecure = url.startsWith('https:');
    const kept = isSecure ? this.agents.https : this.agents.http;
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const request = (isSecure ? https : http).request(url, {
        method,
        agent: mayReuse ? kept : false,
        ...(this.endpoints.ca === undefined || !isSecure ? {} : { ca: this.endpoints.ca }),
        headers: {
          ...headers,
          'accept-encoding': 'identity',
          ...(body ? { 'content-length': String(body.byteLength) } : {}),
          ...(this.endpoints.key === undefined ? {} : { authorization: `Bearer ${this.endpoints.key}` }),
        },
      });
      const leave = (): void => {
        request.destroy(signal.reason as Error);
      };
      const late = setTimeout(() => request.destroy(new LateError()), withinMs);
      signal.addEventListener('abort', leave, { once: true });
      let isAnswered = false;
      request.once('response', (answer) => {
        isAnswered = true;
        clearTimeout(late);
        answer.once('close', () => {
          signal.removeEventListener('abort', leave);
        });
        resolve(answer);
      });
      request.once('close', () => {
        clearTimeout(late);
      });
      request.on('error', (error) => {
        // What happens to an answer is told to whoever reads it.
        if (isAnswered) return;
        signal.removeEventListener('abort', leave);
        if (signal.aborted || error instanceof LateError) reject(error);
        // The server closed a kept connection in the moment in which it was taken again: that is no server that is not there.
        else if (mayReuse && request.reusedSocket) resolve(this.send(url, question, false));
        else reject(new UnreachableError(error));
      });
      request.end(body);
    });
  }
}

/** @throws Error when there is more, or the answer breaks off */
export async function readAll(answer: http.IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new Error('The answer is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}
