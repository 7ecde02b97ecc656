import { Agent, request } from 'node:http';

/** One request, as it goes on the wire. */
export interface HttpCase {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface HttpOutcome {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly elapsedMs: number;
}

/** Sends requests over kept connections; paths and headers as they are, unlike `fetch`, which would mend them. */
export class HttpSender {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });

  constructor(
    private readonly url: string,
    private readonly key: string,
    private readonly hangMs: number,
  ) {}

  /** @throws Error when no answer comes in time, or the connection ends without one */
  send({ method, path, headers, body }: HttpCase): Promise<HttpOutcome> {
    const { hostname, port } = new URL(this.url);
    const beganAt = performance.now();
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          hostname,
          port,
          agent: this.agent,
          method,
          path,
          headers: {
            authorization: `Bearer ${this.key}`,
            ...(body === undefined ? {} : { 'content-length': String(body.length) }),
            ...headers,
          },
          timeout: this.hangMs,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () => {
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString('utf8'),
              elapsedMs: performance.now() - beganAt,
            });
          });
        },
      );
      sent.once('timeout', () => {
        sent.destroy(new Error('no answer in time'));
      });
      sent.once('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
