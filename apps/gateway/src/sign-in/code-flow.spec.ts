import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodeFlow, FlowRefused } from './code-flow';
import type { Provider } from './providers';

interface TokenAnswer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

describe('the way back from an issuer with an error', () => {
  let server: Server;
  let issuer: string;
  let answer: TokenAnswer;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const isDiscovery = request.url?.endsWith('/openid-configuration') ?? false;
      const metadata = {
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
      };
      const { status, body, headers = {} } = isDiscovery ? { status: 200, body: metadata } : answer;
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const cameBackWith = async (query: string): Promise<unknown> => {
    const flow = new CodeFlow(
      () => 'http://127.0.0.1/v1/sign-in/oidc/callback',
      () => 0,
    );
    const provider = {
      id: 'line-1',
      signIn: { client: 'console', scope: 'openid' },
      secret: 'a secret',
      address: new URL(issuer),
    } as Provider;
    const { begun } = await flow.begin(provider);
    return flow.finish(provider, begun, `?state=${begun.state}&${query}`).catch((error: unknown) => error);
  };

  it.each(['server_error', 'temporarily_unavailable'])(
    '%s is an outage of the issuer, and no decision',
    async (error) => {
      expect(await cameBackWith(`error=${error}`)).toMatchObject({ reason: 'unavailable' });
    },
  );

  it.each(['access_denied', 'login_required', 'consent_required'])('%s is a no', async (error) => {
    const refused = await cameBackWith(`error=${error}`);
    expect(refused).toBeInstanceOf(FlowRefused);
    expect(refused).toMatchObject({ why: 'denied' });
  });

  it.each<[string, TokenAnswer]>([
    ['does not know this client', { status: 401, body: { error: 'invalid_client' } }],
    [
      'does not know this client, and asks for it',
      { status: 401, body: { error: 'invalid_client' }, headers: { 'www-authenticate': 'Basic realm="id"' } },
    ],
    ['is asked too often', { status: 429, body: { error: 'slow_down' } }],
  ])('is nobody’s attempt where the issuer %s', async (_, given) => {
    answer = given;
    expect(await cameBackWith('code=c')).toMatchObject({ reason: 'unavailable' });
  });

  it('is an attempt with a code that is good for nothing', async () => {
    answer = { status: 400, body: { error: 'invalid_grant' } };
    expect(await cameBackWith('code=c')).toMatchObject({ why: 'refused' });
  });
});
