import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TlsFiles } from '../tls-files';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a body whose length is known: some receivers answer a chunked one with success and keep nothing (dicomweb-client #42). */
  readonly bytes: number;
  readonly body: Iterable<Buffer> | AsyncIterable<Buffer>;
  readonly tls?: TlsFiles | undefined;
  readonly signal: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** At most `MOST_REPLY_BYTES` of it: more than that no answer of the protocols here needs. */
  readonly body: Buffer;
  /** Whether `body` is all of it. */
  readonly isWhole: boolean;
}

/** The answer of a receiver never takes more memory. */
const MOST_REPLY_BYTES = 4 << 20;

/**
 * Sends one POST, reading the body as the receiver takes it. Redirects are not followed: where results go, the operator says.
 *
 * @throws Error of Node where there is no answer
 */
export async function post({ url, headers, bytes, body, tls, signal }: Post): Promise<Reply> {
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-length': String(bytes) },
    agent: false,
    signal,
  };
  const request = url.startsWith('https:') ? httpsRequest(url, { ...options, ...tls }) : httpRequest(url, options);
  const answered = new Promise<Reply>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      collect(response).then((found) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, ...found });
        // Who answers before it has read everything does not want the rest.
        request.destroy();
      }, reject);
    });
  });
  // Whoever waits for it comes to it below: a body that breaks off by itself breaks the request, too, and says why first.
  answered.catch(() => undefined);
  // A receiver that answers early and hangs up breaks the body off; its answer counts.
  await pipeline(Readable.from(body, { objectMode: false }), request).catch((error: unknown) =>
    brokenOff(error, answered),
  );
  return answered;
}

async function brokenOff(error: unknown, answered: Promise<Reply>): Promise<void> {
  await answered.catch(() => {
    throw error;
  });
}

async function collect(response: AsyncIterable<Buffer>): Promise<Pick<Reply, 'body' | 'isWhole'>> {
  const chunks: Buffer[] = [];
  let held = 0;
  for await (const chunk of response) {
    held += chunk.length;
    if (held > MOST_REPLY_BYTES) return { body: Buffer.concat(chunks), isWhole: false };
    chunks.push(chunk);
  }
  return { body: Buffer.concat(chunks), isWhole: true };
}
