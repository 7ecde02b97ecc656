import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { ServingError, type Reason } from '@medserve/errors';
import type { Authenticator, OwnTokens } from '@medserve/security';
import type { GatewayParts } from '../door/gateway.module';
import type { HttpServer } from '../door/http-server';
import { ImageWorld, PRINCIPAL } from '../testing/image-world';
import { quietOversight } from '../testing/quiet-oversight';
import { PlatformUrl } from '../http/platform-url';
import type { TokenEndpoint } from './token-endpoint';
import { openHttpDoor } from '../testing/open-http-door';

const FORM = 'application/x-www-form-urlencoded';
const LIMIT = 64 * 1024;

describe('the door of the token endpoint', () => {
  let server: HttpServer;
  const forms: string[] = [];
  let outcome: () => Promise<Awaited<ReturnType<TokenEndpoint['give']>>>;

  beforeAll(async () => {
    const { instruments, preparation, road, jobs, results, catalogue } = new ImageWorld();
    const endpoint: Pick<TokenEndpoint, 'give'> = {
      give: (form) => {
        forms.push(form);
        return outcome();
      },
    };
    const parts: Partial<GatewayParts> = {
      preparation,
      road,
      jobs,
      catalogue,
      oversight: quietOversight(results).oversight,
      tokenEndpoint: endpoint as TokenEndpoint,
      ownTokens: { publicKeys: () => Promise.resolve({ keys: [] }) } as unknown as OwnTokens,
      platformUrl: new PlatformUrl('https://medserve.example'),
    };
    const refusing: Pick<Authenticator, 'authenticate'> = {
      authenticate: (authorization) =>
        authorization === 'Bearer narrow'
          ? Promise.resolve({ ...PRINCIPAL, scopes: new Set(['infer']) })
          : Promise.reject(new ServingError('unauthenticated', 'The "token" has expired.')),
    };
    server = await openHttpDoor({ parts, authenticator: refusing, instruments });
  });
  beforeEach(() => {
    forms.length = 0;
    outcome = () => Promise.resolve({ token: 't', scope: 'infer', expiresInS: 300 });
  });
  afterAll(() => server.close());

  const post = async (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = { 'content-type': FORM },
  ) => {
    const response = await fetch(`${server.url}/oauth/token`, { method: 'POST', body, headers });
    return { status: response.status, headers: response.headers, json: await response.json() };
  };

  it('hands out a token that nobody may keep a copy of', async () => {
    const { status, headers, json } = await post('a=b', { 'content-type': `${FORM}; charset=utf-8` });
    expect(status).toBe(200);
    expect(json).toEqual({ access_token: 't', token_type: 'Bearer', expires_in: 300, scope: 'infer' });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(forms).toEqual(['a=b']);
  });

  it.each<[string, number, Reason, string | undefined]>([
    ['invalid_client', 401, 'unauthenticated', undefined],
    ['unsupported_grant_type', 400, 'invalid_request', 'grant_type'],
    ['invalid_scope', 400, 'invalid_request', 'scope'],
    ['invalid_request', 400, 'invalid_request', 'client_assertion'],
    ['temporarily_unavailable', 503, 'unavailable', undefined],
    ['temporarily_unavailable', 503, 'overloaded', undefined],
    ['server_error', 500, 'internal', undefined],
  ])('tells %s with %i for %s', async (code, status, reason, field) => {
    outcome = () => Promise.reject(new ServingError(reason, 'no', { field }));
    const answer = await post('a=b');
    expect(answer).toMatchObject({ status, json: { error: code, error_description: 'no' } });
    expect(answer.headers.get('retry-after') !== null).toBe(status === 503);
  });

  it('reads 64 kB and not a byte more, however they come', async () => {
    expect((await post('a='.padEnd(LIMIT, 'x'))).status).toBe(200);
    const tooMuch = 'a='.padEnd(LIMIT + 1, 'x');
    const stream = new Blob([tooMuch]).stream();
    const answers = [
      await post(tooMuch),
      await post(gzipSync(Buffer.alloc(50_000_000, 'a')), { 'content-type': FORM, 'content-encoding': 'gzip' }),
      await fetch(`${server.url}/oauth/token`, {
        method: 'POST',
        body: stream,
        headers: { 'content-type': FORM },
        duplex: 'half',
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([413, 413, 413]);
    expect(forms).toHaveLength(1);
  });

  it('takes nothing but a form, and no other method', async () => {
    for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/plain', `${FORM}x`]) {
      expect(await post('{}', { 'content-type': type })).toMatchObject({
        status: 400,
        json: { error: 'invalid_request' },
      });
    }
    expect(forms).toEqual([]);
    const other = await fetch(`${server.url}/oauth/token`);
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('is told by its own address, not by the one that a request names', async () => {
    for (const path of ['/.well-known/smart-configuration', '/fhir/R4/.well-known/smart-configuration']) {
      const text = await new Promise<string>((resolve, reject) => {
        const { hostname, port } = new URL(server.url);
        const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' };
        httpRequest({ hostname, port, path, headers }, (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.once('end', () => {
            resolve(Buffer.concat(parts).toString());
          });
        })
          .on('error', reject)
          .end();
      });
      expect(text).not.toContain('evil');
      expect(JSON.parse(text)).toMatchObject({
        issuer: 'https://medserve.example',
        token_endpoint: 'https://medserve.example/oauth/token',
        token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
        capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
        scopes_supported: expect.arrayContaining([
          'result:read',
          'system/*.rs',
          'system/DiagnosticReport.rs',
        ]) as string[],
      });
    }
  });

  it('tells who sent a token what was wrong with it, and who sent none nothing', async () => {
    const challenge = async (headers: Record<string, string>): Promise<string | null> =>
      (await fetch(`${server.url}/v1/models`, { headers })).headers.get('www-authenticate');
    expect(await challenge({})).toBe('Bearer realm="medserve"');
    expect(await challenge({ authorization: 'Basic x' })).toBe('Bearer realm="medserve"');
    expect(await challenge({ authorization: 'Bearer x' })).toBe(
      `Bearer realm="medserve", error="invalid_token", error_description="The 'token' has expired."`,
    );
  });

  it.each(['/v1/models', '/v2/models', '/v1/usage', '/fhir/R4/DiagnosticReport'])(
    'tells whose token is good for too little which scope %s asks for (RFC 6750, section 3.1)',
    async (path) => {
      const { status, headers } = await fetch(`${server.url}${path}`, { headers: { authorization: 'Bearer narrow' } });
      expect(status).toBe(403);
      expect(headers.get('www-authenticate')).toMatch(
        /^Bearer realm="medserve", error="insufficient_scope", scope="(?:model|usage|result):read"$/,
      );
    },
  );
});
