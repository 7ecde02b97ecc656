import type { IncomingMessage, ServerResponse } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';

export interface ChatServerOptions {
  /** Absent: without TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What every request is refused with instead of being answered. */
  readonly refusesWith?: number;
  /** What it tells of its load, as Prometheus text; absent: nothing. */
  readonly metrics?: string;
}

export interface AskedBody {
  readonly messages: readonly {
    readonly content: string | readonly { readonly type: string; readonly image_url?: { readonly url: string } }[];
  }[];
}

/** A server of a pool: a model that says `one two three` to everything, over the OpenAI API. */
export class ChatServer {
  readonly asked: AskedBody[] = [];
  /** Requests whose callers hung up before they were answered. */
  deserted = 0;
  private held: (() => void)[] | undefined;

  private constructor(
    private readonly server: http.Server,
    private readonly scheme: string,
    private readonly options: ChatServerOptions,
  ) {}

  static async start(options: ChatServerOptions = {}): Promise<ChatServer> {
    const server = options.tls ? https.createServer(options.tls) : http.createServer();
    const chat = new ChatServer(server, options.tls ? 'https' : 'http', options);
    server.on('request', (request, response) => void chat.answer(request, response));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return chat;
  }

  get url(): string {
    return `${this.scheme}://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** From now on answers stop after their first word, until they are let go on. */
  hold(): void {
    this.held = [];
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (request.url === '/metrics' && this.options.metrics !== undefined) {
      response.end(this.options.metrics);
      return;
    }
    if (request.url !== '/v1/chat/completions') {
      response.writeHead(request.url === '/health' ? 200 : 404).end('{}');
      return;
    }
    this.asked.push(JSON.parse(Buffer.concat(chunks).toString()) as AskedBody);
    if (this.options.refusesWith !== undefined) {
      response.writeHead(this.options.refusesWith).end('{}');
      return;
    }
    response.once('close', () => {
      if (!response.writableFinished) this.deserted += 1;
    });
    const say = (choice: object, rest: object = {}) => {
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, ...choice }], ...rest })}\n\n`);
    };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    say({ delta: { role: 'assistant', content: 'one' } });
    if (this.held) await new Promise<void>((resolve) => this.held?.push(resolve));
    say({ delta: { content: ' two' } });
    say({ delta: { content: ' three' }, finish_reason: 'stop' });
    response.end(
      `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 40, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 30 } } })}\n\ndata: [DONE]\n\n`,
    );
  }
}
