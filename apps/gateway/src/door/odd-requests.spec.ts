import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { GatewayParts } from './gateway.module';
import { ImageWorld } from '../testing/image-world';
import { quietOversight } from '../testing/quiet-oversight';
import { BodyBudget } from '../http/body-budget';
import type { HttpServer } from './http-server';
import { openHttpDoor } from '../testing/open-http-door';

const ID = '0198c0de-0000-7000-8000-00000000abcd';

/** What is read whole goes on to a model, and here there is none. */
const NO_MODEL = 503;

describe('requests that few clients send', () => {
  let server: HttpServer;
  const asked: string[] = [];

  beforeAll(async () => {
    const { instruments, preparation, road, jobs, results, catalogue } = new ImageWorld();
    const audited = quietOversight({
      exists: (tenant, id) => results.exists(tenant, id),
      read: (tenant, id) => {
        asked.push(id);
        return results.read(tenant, id);
      },
    });
    const parts: Partial<GatewayParts> = { preparation, road, jobs, catalogue, oversight: audited.oversight };
    server = await openHttpDoor({ budget: new BodyBudget(64 * 1024 * 1024), parts, instruments });
  });
  afterAll(() => server.close());

  interface Told {
    readonly status: number;
    readonly headers: ReadonlyMap<string, string>;
    readonly json: Readonly<Record<string, unknown>>;
  }

  /** Byte by byte what is written; the connection ends with the answer. */
  async function exchange(head: readonly string[], body: string | Buffer = ''): Promise<Told> {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    const told: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => told.push(chunk));
    socket.write(
      Buffer.concat([Buffer.from(`${[...head, 'connection: close'].join('\r\n')}\r\n\r\n`), Buffer.from(body)]),
    );
    await once(socket, 'close');
    const [start = '', text = ''] = Buffer.concat(told).toString('utf8').split('\r\n\r\n');
    const [line = '', ...fields] = start.split('\r\n');
    return {
      status: Number(line.split(' ')[1]),
      headers: new Map(
        fields.map((field) => {
          const at = field.indexOf(':');
          return [field.slice(0, at).toLowerCase(), field.slice(at + 1).trim()];
        }),
      ),
      // What follows 100 is the answer itself.
      json: text === '' || text.startsWith('HTTP/') ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  }

  it('HTTP/1.1 without a host is refused in our words, with an id', async () => {
    const { status, headers, json } = await exchange(['GET /v1/models HTTP/1.1']);
    expect([status, json['code'], json['field']]).toEqual([400, 'invalid_request', 'Host']);
    expect(headers.get('x-request-id')).toBe(json['requestId']);
  });

  it.each([
    ['two hosts', ['host: a', 'HOST: b']],
    ['one host twice', ['host: a', 'host: a']],
    ['a host with a path', ['host: a/b']],
    ['a host with a space', ['host: a b']],
    ['two hosts in one line', ['host: a, b']],
    ['a user', ['host: x@a']],
  ])('%s are refused (RFC 9112, section 3.2)', async (_which, hosts) => {
    const { status, json } = await exchange(['GET /v1/nothing HTTP/1.1', ...hosts]);
    expect([status, json['code'], json['field']]).toEqual([400, 'invalid_request', 'Host']);
  });

  it.each(['', 'a.example', 'a_b:80', '127.0.0.1:1', '[::1]:80', 'xn--mnchen-3ya.example:'])(
    'a host may be "%s"',
    async (host) => {
      expect(await exchange(['GET /v1/nothing HTTP/1.1', `host: ${host}`])).toMatchObject({ status: 404 });
    },
  );

  it.each(['gzip, chunked', 'x, Chunked'])(
    'a body in the transfer coding "%s" is refused, and not taken for what is inside',
    async (coding) => {
      const head = ['POST /v1/infer HTTP/1.1', 'host: x', 'content-type: text/plain', `transfer-encoding: ${coding}`];
      const { status, json } = await exchange(head, '2\r\nab\r\n0\r\n\r\n');
      expect([status, json['field']]).toEqual([400, 'Transfer-Encoding']);
    },
  );

  it('HTTP/1.0 needs no host', async () => {
    expect(await exchange(['GET /v1/nothing HTTP/1.0'])).toMatchObject({ status: 404 });
  });

  it('an expectation that nobody knows is left alone', async () => {
    const { status, headers } = await exchange(['GET /v1/nothing HTTP/1.1', 'host: x', 'expect: foo']);
    expect([status, headers.has('x-request-id')]).toEqual([404, true]);
  });

  it.each([
    ['PROPFIND', '/v2/models/x', 405, 'GET, HEAD'],
    ['TRACE', '/v1/models', 405, 'GET, HEAD'],
    ['MKCOL', '/v1/jobs/1/cancel', 405, 'POST'],
    ['QUERY', '/v1/models', 405, 'GET, HEAD'],
    ['PROPFIND', '/v1/nothing', 404, undefined],
  ])(
    '%s %s, which no path takes, is %i where there is such a path, and says what it takes',
    async (method, path, status, allow) => {
      const told = await exchange([`${method} ${path} HTTP/1.1`, 'host: x']);
      expect(told.status).toBe(status);
      expect(told.headers.get('allow')).toBe(allow);
    },
  );

  it('who waits with the body is asked for it once the head was let in', async () => {
    const head = ['POST /v1/infer HTTP/1.1', 'host: x', 'content-type: image/png', 'expect: 100-continue'];
    expect(await exchange([...head, 'content-length: 2'], 'ab')).toMatchObject({ status: 100 });
  });

  it.each([
    ['that is too long', '/v1/infer', 'content-type: image/png', 413],
    ['of a form that is too long', '/v1/infer', 'content-type: multipart/form-data; boundary=x', 413],
    ['without one host', '/v1/infer', 'host: y', 400],
  ])('who waits with a body %s is refused at once (RFC 9110, section 10.1.1)', async (_which, path, field, status) => {
    const head = [`POST ${path} HTTP/1.1`, 'host: x', field, 'expect: 100-continue', 'content-length: 900000000000'];
    expect(await exchange(head)).toMatchObject({ status });
  });

  it.each(['br', 'zstd'])('a body in %s is told which codings are taken', async (coding) => {
    const head = ['POST /v2/models/x/infer HTTP/1.1', 'host: x', `content-encoding: ${coding}`, 'content-length: 2'];
    const { status, headers } = await exchange(head, '{}');
    expect([status, headers.get('accept-encoding')]).toEqual([415, 'gzip, deflate']);
  });

  it.each(['gzip', 'br'])('a form in %s is refused before it is read', async (coding) => {
    const body = gzipSync('--x\r\ncontent-disposition: form-data; name="task"\r\n\r\nclassify\r\n--x--\r\n');
    const { status, json } = await exchange(
      [
        'POST /v1/infer HTTP/1.1',
        'host: x',
        'content-type: Multipart/Form-Data; boundary=x',
        `content-encoding: ${coding}`,
        `content-length: ${String(body.length)}`,
      ],
      body,
    );
    expect([status, json['code'], json['field']]).toEqual([415, 'unsupported_media', 'Content-Encoding']);
  });

  it.each([
    ['of bytes', 16_385, 'x', 400],
    ['as many as may be', 16_384, 'x', NO_MODEL],
    ['that are not tiny', 16_385, 'x'.repeat(64), NO_MODEL],
  ])('a body of very many chunks, %s', async (_which, count, chunk, status) => {
    const body = `${chunk.length.toString(16)}\r\n${chunk}\r\n`.repeat(count);
    const told = await exchange(
      ['POST /v1/infer HTTP/1.1', 'host: x', 'content-type: text/plain', 'transfer-encoding: chunked'],
      `${body}0\r\n\r\n`,
    );
    expect(told.status).toBe(status);
    if (status === 400) expect(told.json['limit']).toBe('chunks of less than 64 bytes: 16384');
  });

  it('an id is read in either case', async () => {
    await exchange([`GET /v1/results/${ID.toUpperCase()} HTTP/1.1`, 'host: x']);
    expect(asked.at(-1)).toBe(ID);
  });
});
