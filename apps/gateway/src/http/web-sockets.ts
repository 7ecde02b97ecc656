import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ServingError } from '@medserve/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { WebSocket, WebSocketServer } from 'ws';

/** What callers send over a connection that only tells them something: nothing. */
const MOST_BYTES = 1024;
/** To say goodbye. */
const CLOSE_MS = 1_000;
const GOING_AWAY = 1001;

/**
 * Whether a request wants to become a WebSocket (RFC 6455 4.1), where there are any. All else is answered as if it did not ask: what is
 * answered here is small, as the server does not look after such a connection any more, and has no body, which nobody would read.
 */
export const wantsWebSocket =
  (paths: string) =>
  ({ method, headers, url }: Pick<IncomingMessage, 'method' | 'headers' | 'url'>): boolean =>
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    (url ?? '').startsWith(paths);

/**
 * Where connections become WebSockets. What asks for it passes the doors and the router like every other request, and is answered like
 * every other where it is refused, or where its path knows nothing of it; the connection then ends.
 */
export class WebSockets {
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES, perMessageDeflate: false });
  /** What came with the request already. */
  private readonly heads = new WeakMap<IncomingMessage, Buffer>();
  private isClosing = false;

  /** To be called before the server listens. */
  attach(fastify: FastifyInstance): void {
    fastify.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.heads.set(request, head);
      socket.on('error', () => socket.destroy());
      const response = new ServerResponse(request);
      response.shouldKeepAlive = false;
      // The server looks after it no more, so that nobody else would end it. What is unread then is lost with it.
      response.once('finish', () => {
        request.socket.destroySoon();
      });
      try {
        response.assignSocket(request.socket);
      } catch {
        // It did not wait for the answer to what it asked before.
        socket.destroy();
        return;
      }
      fastify.routing(request, response);
    });
    // Before the server waits for its connections to end.
    fastify.addHook('preClose', () => this.close());
  }

  /**
   * @returns undefined where the handshake is not right: the caller was told by then
   * @throws ServingError `invalid_request` where the request does not ask for it, `unavailable` where the gateway ends
   */
  accept(request: FastifyRequest, reply: FastifyReply): WebSocket | undefined {
    const head = this.heads.get(request.raw);
    if (head === undefined) {
      throw new ServingError('invalid_request', 'The path is for WebSocket connections.', {
        field: 'Upgrade',
        remedy: 'Open it with a WebSocket client (ws: or wss:), or send the headers of RFC 6455, section 4.1.',
      });
    }
    if (this.isClosing) throw new ServingError('unavailable', 'The gateway is about to end.');
    reply.hijack();
    let opened: WebSocket | undefined;
    this.server.handleUpgrade(request.raw, request.raw.socket, head, (socket) => (opened = socket));
    return opened;
  }

  /** Resolves when all are closed. */
  private async close(): Promise<void> {
    this.isClosing = true;
    const open = [...this.server.clients].filter(({ readyState }) => readyState !== WebSocket.CLOSED);
    await Promise.all(
      open.map(
        (socket) =>
          new Promise<void>((resolve) => {
            const timer = setTimeout(() => {
              socket.terminate();
            }, CLOSE_MS);
            socket.once('close', () => {
              clearTimeout(timer);
              resolve();
            });
            socket.close(GOING_AWAY, 'The gateway ends.');
          }),
      ),
    );
  }
}
