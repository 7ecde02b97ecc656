import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly response: ServerResponse;
  /** Resolves when the caller has hung up or has everything. */
  readonly closed: Promise<void>;
}

export type Handler = (received: Received) => void | Promise<void>;

/** A server of a pool that plays a script, in this process, on a port of its own. */
export class ScriptedServer {
  readonly received: Received[] = [];

  private constructor(
    private readonly server: Server,
    private handler: Handler,
  ) {}

  static async start(handler: Handler = () => undefined): Promise<ScriptedServer> {
    const server = createServer();
    const scripted = new ScriptedServer(server, handler);
    server.on('request', (request, response) => {
      // A script that fails is a server that does: nobody waits for it in vain.
      scripted.take(request, response).catch(() => response.destroy());
    });
    await scripted.listen(0);
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** What comes from now on is answered by another script. */
  play(handler: Handler): void {
    this.handler = handler;
  }

  /** As a process that is killed: its port refuses, its connections are cut. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  /** On the port that it had. */
  listen(port: number): Promise<void> {
    return new Promise((resolve) => {
      this.server.listen(port, '127.0.0.1', resolve);
    });
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const closed = new Promise<void>((resolve) => response.once('close', resolve));
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const received = { method, path: url, headers, body: Buffer.concat(chunks), response, closed };
    this.received.push(received);
    await this.handler(received);
  }
}

/** Answers with a status and a body of JSON. */
export function answerJson(
  { response }: Received,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Begins a stream of server-sent events. */
export function beginEvents({ response }: Received): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  return response;
}
