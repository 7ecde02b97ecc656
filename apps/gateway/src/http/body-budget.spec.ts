import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { silentLogger } from '@medserve/runtime';
import type { Authenticator } from '@medserve/security';
import type { GatewayParts } from '../gateway.module';
import { DEFAULT_LIMITS } from '../infer/limits';
import { ImageWorld, PRINCIPAL } from '../testing/image-world';
import { BodyBudget, announcedBytes } from './body-budget';
import { startHttpServer } from './http-server';
import { openDoor } from '../testing/open-door';
import { quietOversight } from '../testing/quiet-oversight';

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

  it('lets one body in alone, however large', () => {
    expect(() => new BodyBudget(100).take(1_000)).not.toThrow();
  });
});

it.each([
  [{ 'content-length': '12' }, 12],
  [{}, 0],
  [{ 'content-length': '-1' }, 4 * 1024 * 1024],
  [{ 'transfer-encoding': 'chunked' }, 4 * 1024 * 1024],
])('a request with the headers %j counts as %i bytes', (headers, bytes) => {
  expect(announcedBytes({ headers })).toBe(bytes);
});

describe('a body without a length', () => {
  let server: Awaited<ReturnType<typeof startHttpServer>>;
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
    const authenticator: Pick<Authenticator, 'authenticate'> = { authenticate: () => Promise.resolve(PRINCIPAL) };
    server = await startHttpServer({
      doorkeeper: openDoor,
      host: '127.0.0.1',
      port: 0,
      limits: DEFAULT_LIMITS,
      budget,
      parts: parts as GatewayParts,
      authenticator: authenticator as Authenticator,
      instruments,
      logger: silentLogger,
    });
  });
  afterEach(() => server.close());

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

  it('is counted as it comes, and refused when it does not fit any more', async () => {
    const { status, problem } = await send('image/png', ...chunks(12));
    expect({ status, code: problem['code'] }).toEqual({ status: 503, code: 'overloaded' });
  });

  it('is counted as a form as well', async () => {
    const { status, problem } = await send(FORM[0], FORM[1], ...chunks(12), FORM[2]);
    expect({ status, code: problem['code'] }).toEqual({ status: 503, code: 'overloaded' });
  });

  it('is read when it fits', async () => {
    expect((await send('image/png', ...chunks(7))).problem['code']).not.toBe('overloaded');
    expect((await send(FORM[0], FORM[1], ...chunks(7), FORM[2])).problem['code']).not.toBe('overloaded');
  });
});
