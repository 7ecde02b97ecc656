import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import fastify, { type FastifyInstance } from 'fastify';
import { endLateBodies } from './late-bodies';

describe('bodies that do not arrive', () => {
  let server: FastifyInstance;
  let socket: Socket;

  beforeEach(async () => {
    server = fastify();
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
    server.addContentTypeParser('multipart/related', (_request, payload, done) => {
      done(null, payload);
    });
    endLateBodies(server, 20);
    server.post('/whole', { config: { access: 'infer' } }, (_request, reply) => {
      setTimeout(() => void reply.send('late answer'), 60);
    });
    server.post('/streamed', { config: { access: 'infer', streams: true } }, ({ raw }, reply) => {
      raw.once('end', () => void reply.send('all came')).resume();
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
    socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  });
  afterEach(async () => {
    socket.destroy();
    await server.close();
  });
  const head = (path: string, type: string): string =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: ${type}\r\ncontent-length: 4\r\n\r\n`;

  it('end with 408', async () => {
    socket.write(`${head('/whole', 'text/plain')}ab`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('are not those that have come and are being worked on', async () => {
    socket.write(`${head('/whole', 'text/plain')}abcd`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 .*late answer$/s);
  });

  it('may take longer where they are read as they come', async () => {
    socket.write(`${head('/streamed', 'multipart/related; boundary=b')}ab`);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(socket.destroyed).toBe(false);
    socket.write('cd');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 .*all came$/s);
  });
});
