import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { answerBrokenClient, frameworkProblem } from './protocol-errors';

describe('what is refused before there is a request', () => {
  let server: FastifyInstance;

  beforeAll(async () => {
    server = fastify({ frameworkErrors: frameworkProblem, clientErrorHandler: answerBrokenClient });
    server.get('/things/:id', () => ({}));
    await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(() => server.close());

  const exchange = async (bytes: string): Promise<string> => {
    const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.write(bytes);
    await once(socket, 'close');
    return Buffer.concat(chunks).toString('utf8');
  };

  it.each([
    ['bytes that are no HTTP', 400, '\u0016\u0003\u0001 hello\r\n\r\n'],
    ['headers over the limit', 431, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`],
    ['two lengths', 400, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a path with a broken escape', 400, 'GET /% HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['an endless id', 400, `GET /things/${'x'.repeat(500)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`],
  ])('answers %s with a problem document and a request id', async (_name, status, bytes) => {
    const [head = '', body = ''] = (await exchange(bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} `));
    expect(head).toMatch(/^content-type: application\/problem\+json\r?$/im);
    const document = JSON.parse(body) as Record<string, unknown>;
    expect(document).toMatchObject({ code: 'invalid_request', remedy: expect.any(String) as string });
    expect(head).toContain(`x-request-id: ${String(document['requestId'])}`);
  });

  it.each([
    ['/v2/models/x/infer', { error: expect.stringContaining('not a well-formed HTTP request') as unknown }],
    ['/v1/chat/completions', { error: expect.objectContaining({ type: 'invalid_request_error' }) as unknown }],
  ])('answers in the form of the protocol of %s', async (path, document) => {
    const [head = '', body = ''] = (
      await exchange(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n`)
    ).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1.1 400 /);
    expect(head).toMatch(/^content-type: application\/json\r?$/im);
    expect(JSON.parse(body)).toEqual(document);
  });
});
