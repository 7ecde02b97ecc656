import type { GatewayParts } from './gateway.module';
import { ImageWorld } from '../testing/image-world';
import { quietOversight } from '../testing/quiet-oversight';
import type { HttpServer } from './http-server';
import { openHttpDoor } from '../testing/open-http-door';

const SMALL = [
  '/v1/keys',
  '/v1/cache/purge',
  '/v1/audit/search',
  '/v1/results/x/review',
  '/v1/break-glass',
  '/v1/break-glass/x/approve',
  '/v1/break-glass/x/withdraw',
];

describe('a path that takes small JSON', () => {
  let server: HttpServer;
  const forgotten: unknown[] = [];

  beforeAll(async () => {
    const { instruments, preparation, road, jobs, results, catalogue } = new ImageWorld();
    const purge = (_tenant: string, what: unknown): number => forgotten.push(what);
    const parts: Partial<GatewayParts> = {
      ...{ preparation, road, jobs, catalogue },
      oversight: quietOversight(results).oversight,
      cache: { purge } as unknown as GatewayParts['cache'],
    };
    server = await openHttpDoor({ parts, instruments });
  });
  afterAll(() => server.close());

  const post = async (path: string, body: string) => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return { status: response.status, told: (await response.json()) as Record<string, unknown> };
  };

  it.each(SMALL)('reads no more than that: %s', async (path) => {
    const { status, told } = await post(path, JSON.stringify({ model: 'x'.repeat(64 * 1024) }));
    expect({ status, limit: told['limit'] }).toEqual({ status: 413, limit: 'body: 65536 bytes' });
  });

  it.each(['', '{', '{}', '{"model":1}', '{"other":"x"}'])(
    'refuses a purge that says nothing to forget: %j',
    async (body) => {
      expect(await post('/v1/cache/purge', body)).toMatchObject({ status: 400, told: { code: 'invalid_request' } });
      expect(forgotten).toEqual([]);
    },
  );

  it('takes a purge', async () => {
    expect(await post('/v1/cache/purge', '{"model":"net"}')).toEqual({ status: 200, told: { forgotten: 1 } });
    expect(forgotten).toEqual([{ model: 'net' }]);
  });
});
