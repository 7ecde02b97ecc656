import { once } from 'node:events';
import { connect } from 'node:net';
import { ServingError } from '@medserve/errors';
import fastify, { type FastifyInstance } from 'fastify';
import { WebSocket } from 'ws';
import { wantsWebSocket, WebSockets } from './web-sockets';

describe('WebSockets', () => {
  let server: FastifyInstance;
  let url: string;
  let port: number;
  const opened: WebSocket[] = [];

  beforeAll(async () => {
    server = fastify({ http: { shouldUpgradeCallback: wantsWebSocket('/events/') } });
    const sockets = new WebSockets();
    sockets.attach(server);
    server.addHook('onRequest', (request, reply, done) => {
      if (request.headers.authorization === undefined) void reply.status(401).send({ code: 'unauthenticated' });
      else done();
    });
    server.setErrorHandler((error, _request, reply) => {
      void reply.status(400).send({ code: error instanceof ServingError ? error.reason : 'other' });
    });
    server.get('/events/:name', (request, reply) => {
      const socket = sockets.accept(request, reply);
      if (socket === undefined) return;
      opened.push(socket);
      socket.on('error', () => undefined);
      socket.send((request.params as { readonly name: string }).name);
    });
    server.get('/plain', () => ({ is: 'plain' }));
    server.post('/plain', (request) => ({ got: request.body }));
    await server.listen({ host: '127.0.0.1', port: 0 });
    port = (server.server.address() as { port: number }).port;
    url = `127.0.0.1:${String(port)}`;
  });
  afterAll(async () => {
    await server.close();
  });

  const AUTHORIZED = { headers: { authorization: 'x' } };
  const open = (path: string, options: object = AUTHORIZED): WebSocket => new WebSocket(`ws://${url}${path}`, options);
  /** What a server answers to bytes, until it ends the connection or has said this. */
  async function raw(text: string, enough = '\0'): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    socket.write(text.replaceAll('\n', '\r\n'));
    let said = '';
    socket.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (said.includes(enough)) socket.destroy();
    });
    await once(socket, 'close');
    return said;
  }

  it('are what a connection becomes whose request came through', async () => {
    const socket = open('/events/here');
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(message.toString()).toBe('here');
    socket.close();
    await once(socket, 'close');
  });

  it('are refused with an ordinary answer', async () => {
    const socket = open('/events/here', {});
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { readonly statusCode: number }];
    expect(response.statusCode).toBe(401);
    socket.on('error', () => undefined);
    socket.terminate();
    const said = await raw('GET /events/x HTTP/1.1\nHost: x\nUpgrade: websocket\nConnection: Upgrade\n\n');
    expect(said).toMatch(/^HTTP\/1\.1 401 [^]*\{"code":"unauthenticated"\}$/);
  });

  it('are what their path is for, and nothing else is', async () => {
    const plain = await fetch(`http://${url}/events/x`, AUTHORIZED);
    expect([plain.status, await plain.json()]).toEqual([400, { code: 'invalid_request' }]);
    for (const [path, status] of [
      ['/plain', 200],
      ['/events/a/b', 404],
    ] as const) {
      const socket = open(path);
      const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { readonly statusCode: number }];
      expect(response.statusCode).toBe(status);
      socket.on('error', () => undefined);
      socket.terminate();
    }
  });

  it('are not made of a handshake that is not right', async () => {
    const head = 'GET /events/x HTTP/1.1\nHost: x\nAuthorization: x\nUpgrade: websocket\nConnection: Upgrade\n';
    expect(await raw(`${head}Sec-WebSocket-Version: 13\n\n`)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw(`${head}Sec-WebSocket-Version: 7\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n`)).toMatch(
      /^HTTP\/1\.1 (400|426) /,
    );
  });

  it('leave those alone who would like HTTP/2', async () => {
    const said = await raw(
      'POST /plain HTTP/1.1\nHost: x\nAuthorization: x\nUpgrade: h2c\nConnection: Upgrade, HTTP2-Settings\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\nContent-Type: application/json\nContent-Length: 7\n\n{"a":1}',
      '}}',
    );
    expect(said).toMatch(/^HTTP\/1\.1 200 [^]*\{"got":\{"a":1\}\}$/);
  });

  it('end the connection of one that is refused, also where the other side does not', async () => {
    const connections = (): Promise<number> =>
      new Promise((resolve) => {
        server.server.getConnections((_error, count) => {
          resolve(count);
        });
      });
    const before = await connections();
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.resume();
    socket.write('GET /events/x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nand more');
    await once(socket, 'end');
    while ((await connections()) > before) await new Promise(setImmediate);
    socket.destroy();
  });

  it('are not made of what does not wait for its turn, and nothing ends by it', async () => {
    const said = await raw(
      'GET /plain HTTP/1.1\nHost: x\nAuthorization: x\n\nGET /events/x HTTP/1.1\nHost: x\nUpgrade: websocket\nConnection: Upgrade\n\n',
    );
    expect(said).not.toContain('101');
    expect((await fetch(`http://${url}/plain`, AUTHORIZED)).status).toBe(200);
  });

  it('are not made of what announces a body', async () => {
    const socket = open('/events/here', { headers: { authorization: 'x', 'content-length': '5000000' } });
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { readonly statusCode: number }];
    expect(response.statusCode).toBe(400);
    socket.on('error', () => undefined);
    socket.terminate();
  });

  it('take little of what a caller says', async () => {
    const socket = open('/events/here');
    await once(socket, 'message');
    socket.send('x'.repeat(2_000));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
  });

  it('end with the server, which waits for them', async () => {
    const socket = open('/events/here');
    await once(socket, 'message');
    const closed = once(socket, 'close') as Promise<[number]>;
    await server.close();
    expect((await closed)[0]).toBe(1001);
    expect(opened.every(({ readyState }) => readyState === WebSocket.CLOSED)).toBe(true);
  });
});
