import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { GatewayParts } from '../door/gateway.module';
import { ImageWorld } from '../testing/image-world';
import { BodyBudget, announcedBytes } from './body-budget';
import { quietOversight } from '../testing/quiet-oversight';
import type { HttpServer } from '../door/http-server';
import { openHttpDoor } from '../testing/open-http-door';

const MIB = 1024 * 1024;

describe('BodyBudget', () => {
  it('refuses what does not fit any more, naming the limit, and takes it once there is room', () => {
    const budget = new BodyBudget(100);
    const giveBack = budget.take(60);
    expect(() => budget.take(41)).toThrow(
      expect.objectContaining({ reason: 'overloaded', limit: 'bodies in flight: 100 bytes' }) as Error,
    );
    budget.take(40);
    giveBack();
    giveBack();
    budget.take(60);
    expect(() => budget.take(1)).toThrow();
  });

  it('keeps room for others beside a share, and gives back in both', () => {
    const budget = new BodyBudget(100);
    const share = budget.share(0.75);
    const giveBack = share.take(70);
    expect(() => share.take(10)).toThrow(expect.objectContaining({ reason: 'overloaded' }) as Error);
    const others = budget.take(30);
    giveBack();
    giveBack();
    budget.take(70);
    expect(() => share.take(10)).toThrow(expect.objectContaining({ reason: 'overloaded' }) as Error);
    others();
    expect(() => share.take(30)).not.toThrow();
  });

  it('lets one body in alone, however large', () => {
    expect(() => new BodyBudget(100).take(1_000)).not.toThrow();
  });
});

it.each([
  [{ 'content-length': '12' }, MIB * 512, 12],
  [{}, MIB * 512, 0],
  [{ 'content-length': '-1' }, MIB * 512, 4 * MIB],
  [{ 'transfer-encoding': 'chunked' }, MIB * 512, 4 * MIB],
  [{ 'transfer-encoding': 'chunked' }, 1_000, 1_000],
  [{ 'content-length': '-1' }, 1_000, 1_000],
  [{ 'content-length': '2000' }, 1_000, 1_000],
])('a request with the headers %j of a route that takes %i bytes counts as %i', (headers, limitBytes, bytes) => {
  expect(announcedBytes({ headers }, limitBytes)).toBe(bytes);
});

describe('the bodies of a door', () => {
  let server: HttpServer;
  let budget: BodyBudget;

  beforeEach(async () => {
    budget = new BodyBudget(10 * MIB);
    const { instruments, preparation, road, jobs, results, catalogue } = new ImageWorld();
    const parts: Partial<GatewayParts> = {
      preparation,
      road,
      jobs,
      catalogue,
      oversight: quietOversight(results).oversight,
    };
    server = await openHttpDoor({ budget, parts, instruments });
  });
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    return server.close();
  });
  const dial = (head: string): Socket => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    sockets.push(socket.on('error', () => undefined));
    socket.write(`${head}\r\nhost: x\r\ntransfer-encoding: chunked\r\n`);
    return socket;
  };

  /** `fetch` stops in the middle of a body that was refused, and keeps the connection. */
  const send = async (contentType: string, ...parts: (string | Uint8Array)[]) => {
    const headers = { 'content-type': contentType };
    const call = request(`${server.url}/v1/infer`, { method: 'POST', headers, agent: false });
    const answer = (once(call, 'response') as Promise<[IncomingMessage]>).then(async ([response]) => ({
      status: response.statusCode,
      problem: (await json(response)) as Record<string, unknown>,
    }));
    // The connection of a refused body may end before all of it is sent.
    const sent = pipeline(Readable.from(parts), call).catch(() => undefined);
    const [told] = await Promise.all([answer, sent]);
    return told;
  };
  const chunks = (mib: number) => Array.from({ length: mib }, () => new Uint8Array(MIB));
  const FORM = [
    'multipart/form-data; boundary=x',
    '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n',
    '\r\n--x--\r\n',
  ] as const;

  /** Begins a request whose body does not come; resolves when its head has passed all that stands in front of the body. */
  const begin = async (path: string) => {
    const socket = dial(`POST ${path} HTTP/1.1`);
    socket.write('expect: 100-continue\r\n\r\n');
    const [told] = (await once(socket, 'data')) as [Buffer];
    expect(told.toString()).toContain('100 Continue');
  };
  /** What is taken of the budget: one body always goes in alone. */
  const isAllFree = (): boolean => {
    try {
      budget.take(10 * MIB + 1)();
      return true;
    } catch {
      return false;
    }
  };

  it('are nothing to the budget on a path that anyone may call', async () => {
    await begin('/oauth/token');
    expect(isAllFree()).toBe(true);
  });

  it('are counted as no more than the path takes', async () => {
    await Promise.all(Array.from({ length: 100 }, () => begin('/v1/cache/purge')));
    expect(isAllFree()).toBe(false);
    expect(() => {
      budget.take(3 * MIB)();
    }).not.toThrow();
  });

  it.each(['/livez', '/v1/models'])('are no danger where nobody reads them and they are broken: %s', async (path) => {
    const socket = dial(`GET ${path} HTTP/1.1`);
    socket.write('\r\nhello');
    socket.resume();
    await once(socket, 'close');
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  });

  it('are counted as they come where they have no length, and refused when they do not fit any more', async () => {
    const { status, problem } = await send('image/png', ...chunks(12));
    expect({ status, code: problem['code'] }).toEqual({ status: 503, code: 'overloaded' });
  });

  it('are counted as a form as well', async () => {
    const { status, problem } = await send(FORM[0], FORM[1], ...chunks(12), FORM[2]);
    expect({ status, code: problem['code'] }).toEqual({ status: 503, code: 'overloaded' });
  });

  it('are read when they fit', async () => {
    expect((await send('image/png', ...chunks(7))).problem['code']).not.toBe('overloaded');
    expect((await send(FORM[0], FORM[1], ...chunks(7), FORM[2])).problem['code']).not.toBe('overloaded');
  });
});
