import { Agent, request as httpRequest } from 'node:http';
import { ServingError } from '@medserve/errors';
import { SCOPES, type Authenticator, type Principal, type Scope } from '@medserve/security';
import type { GatewayParts } from './gateway.module';
import { ImageWorld } from '../testing/image-world';
import { quietOversight } from '../testing/quiet-oversight';
import { HTTP_SCOPES } from '../testing/written-scopes';
import { SessionDoor } from '../identity/session-door';
import type { HttpServer, ServedRoute } from './http-server';
import { openHttpDoor } from '../testing/open-http-door';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** Everyone may call these, and these alone; a new one is added here by who answers for it. */
const OPEN = [
  '/.well-known/jwks.json',
  '/.well-known/oauth-authorization-server',
  '/.well-known/smart-configuration',
  '/fhir/R4/.well-known/smart-configuration',
  '/fhir/R4/metadata',
  '/livez',
  '/oauth/token',
  '/openapi.json',
  '/readyz',
  '/v1/sign-in',
  '/v1/sign-in/oidc/:provider',
  '/v1/sign-in/oidc/callback',
  '/v1/sign-in/providers',
  '/v2/health/live',
  '/v2/health/ready',
];

const principal = (scopes: readonly Scope[]): Principal => ({
  id: 'k',
  kind: 'key',
  tenant: 'north',
  scopes: new Set(scopes),
});

/** Credentials of the test: `only:infer` has that scope, `all-but:infer` every other one, `nothing` none. */
const authenticator: Pick<Authenticator, 'authenticate' | 'authenticateSession'> = {
  authenticateSession: () => Promise.resolve(principal(SCOPES)),
  authenticate: (header) => {
    if (header === 'Bearer nothing') return Promise.resolve(principal([]));
    const [, kind, named] = /^Bearer (all-but|only):(.*)$/.exec(header ?? '') ?? [];
    if (kind === undefined) {
      return Promise.reject(new ServingError('unauthenticated', 'The request carries no valid key.'));
    }
    return Promise.resolve(principal(SCOPES.filter((scope) => (scope === named) === (kind === 'only'))));
  },
};

describe('who may call the HTTP door', () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  let server: HttpServer;

  beforeAll(async () => {
    const { instruments, preparation, road, jobs, results, catalogue } = new ImageWorld();
    const { oversight } = quietOversight(results);
    const parts: Partial<GatewayParts> = { preparation, road, jobs, catalogue, oversight };
    server = await openHttpDoor({
      parts: { ...parts, sessionDoor: new SessionDoor(() => 'http://medserve.example') },
      authenticator,
      instruments,
    });
  });
  afterAll(async () => {
    agent.destroy();
    await server.close();
  });

  /** The path goes out as it is: `fetch` would tidy it. */
  const statusOf = (method: string, path: string, key?: string): Promise<number> =>
    statusWith(method, path, key === undefined ? {} : { authorization: `Bearer ${key}` });
  const statusWith = (method: string, path: string, headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      httpRequest({ agent, hostname, port, method, path, headers }, (response) => {
        response.resume();
        response.once('end', () => {
          resolve(response.statusCode ?? 0);
        });
      })
        .on('error', reject)
        .end();
    });

  const filled = (path: string): string => path.replaceAll(/:[A-Za-z]+/g, 'x');
  const isScoped = ({ access }: ServedRoute): boolean => (SCOPES as readonly unknown[]).includes(access);

  it('knows of every method of every path', () => {
    expect(server.routes.length).toBeGreaterThan(100);
    const paths = new Set(server.routes.map(({ path }) => path));
    for (const path of paths) {
      const methods = server.routes.filter((route) => route.path === path).map(({ method }) => method);
      expect([path, methods.sort()]).toEqual([path, [...METHODS].sort()]);
    }
  });

  it('has a word on each of them, and is open where that is written down', () => {
    expect(server.routes.filter(({ access }) => access === undefined)).toEqual([]);
    const open = server.routes.filter(({ access }) => access === 'open').map(({ path }) => path);
    expect([...new Set(open)].sort()).toEqual(OPEN);
    const local = server.routes.filter(({ access }) => access === 'loopback').map(({ path }) => path);
    expect([...new Set(local)]).toEqual(['/metrics']);
  });

  it('tells nobody without a credential anything but 401', async () => {
    const closed = server.routes.filter(({ access }) => access !== 'open' && access !== 'loopback');
    const asked = closed.flatMap(({ method, path }) =>
      [undefined, '', 'x', 'all-but'].map(async (key) => [method, path, await statusOf(method, filled(path), key)]),
    );
    for (const [method, path, status] of await Promise.all(asked)) {
      expect([method, path, status]).toEqual([method, path, 401]);
    }
  }, 30_000);

  it('asks for the scope that is written down, and for none where the path has no such method', () => {
    const asked = server.routes.filter(({ access }) => access !== 'open' && access !== 'loopback');
    const found = asked.filter(isScoped).map(({ method, path, access }) => [`${method} ${path}`, access]);
    const heads = [...HTTP_SCOPES].flatMap(([name, scope]) =>
      name.startsWith('GET ') ? [[name.replace('GET', 'HEAD'), scope]] : [],
    );
    expect(found.sort()).toEqual([...HTTP_SCOPES, ...heads].sort());
    const others = asked.filter((route) => !isScoped(route)).map(({ access }) => access);
    expect(new Set(others)).toEqual(new Set(['known']));
  });

  it.each([...new Set(HTTP_SCOPES.values())])('lets in by %s alone, and by all others not', async (scope) => {
    const names = [...HTTP_SCOPES].flatMap(([name, asked]) => (asked === scope ? [name.split(' ')] : []));
    const asked = names.map(async ([method = '', path = '']) => {
      const all = await statusOf(method, filled(path), `all-but:${scope}`);
      const only = await statusOf(method, filled(path), `only:${scope}`);
      return [method, path, all, only === 401 || only === 403];
    });
    for (const [method, path, all, isRefused] of await Promise.all(asked)) {
      expect([method, path, all, isRefused]).toEqual([method, path, 403, false]);
    }
  });

  it('does nothing by the session of a browser that another page sends along, whatever the path and the form', async () => {
    const SESSION = { host: 'medserve.example', cookie: `medserve-session-80=${'s'.repeat(43)}` };
    const OTHERS: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', 'x-medserve-csrf': '1' },
      { origin: 'null', 'x-medserve-csrf': '1' },
      { origin: 'http://evil.medserve.example', 'content-type': 'text/plain' },
      { origin: 'http://medserve.example:81', 'content-type': 'multipart/form-data; boundary=x' },
    ];
    const closed = server.routes.filter(({ access }) => access !== 'open' && access !== 'loopback');
    const asked = closed.flatMap(({ method, path }) => {
      const isSafe = ['GET', 'HEAD', 'OPTIONS'].includes(method);
      // A page of an old browser sends nothing of these, but no header of ours either.
      const others = isSafe ? OTHERS : [...OTHERS, {}, { 'content-type': 'application/x-www-form-urlencoded' }];
      return others.map(async (other) => [
        method,
        path,
        JSON.stringify(other),
        await statusWith(method, filled(path), { ...SESSION, ...other }),
      ]);
    });
    for (const [method, path, other, status] of await Promise.all(asked)) {
      expect([method, path, other, status]).toEqual([method, path, other, 403]);
    }
    expect(await statusWith('GET', '/v1/none', { ...SESSION, 'sec-fetch-site': 'same-origin' })).toBe(404);
  }, 60_000);

  it('leaves no answer of somebody with those who carry it, and lets none be a page', async () => {
    const { hostname, port } = new URL(server.url);
    for (const path of ['/livez', '/v1/models', '/v1/none']) {
      const headers = { authorization: 'Bearer only:model:read' };
      const answer = await fetch(`http://${hostname}:${port}${path}`, { headers });
      expect([path, answer.headers.get('cache-control'), answer.headers.get('content-security-policy')]).toEqual([
        path,
        path === '/livez' ? null : 'no-store',
        "default-src 'none'; frame-ancestors 'none'",
      ]);
    }
  });

  it('is not talked into anything by another spelling of a path', async () => {
    const spellings = (path: string): string[] => [
      path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
      path.replaceAll(/[a-z]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`),
      ...['%2f', '%252f', '\\'].map((slash) => `/${path.slice(1).replaceAll('/', slash)}`),
      `${path}/`,
      `${path}//`,
      `/${path}`,
      `/.${path}`,
      `/x/..${path}`,
      `/livez/..${path}`,
      `/livez/%2e%2e${path}`,
      path.toUpperCase(),
      `${path};x=1`,
      `${path}%00`,
      `${path}%20`,
      `${path}?x=/livez`,
      `${path}#/livez`,
      `/livez?/..${path}`.replace('/livez?', '/livez%3f'),
    ];
    const asked = server.routes.filter(isScoped).flatMap(({ method, path }) =>
      spellings(filled(path)).map(async (spelt) => ({
        spelt,
        nobody: await statusOf(method, spelt),
        lacking: await statusOf(method, spelt, 'nothing'),
      })),
    );
    const answers = await Promise.all(asked);
    expect(answers.filter(({ nobody }) => ![400, 401].includes(nobody))).toEqual([]);
    expect(answers.filter(({ lacking }) => ![400, 403, 404, 405].includes(lacking))).toEqual([]);
  }, 60_000);
});
