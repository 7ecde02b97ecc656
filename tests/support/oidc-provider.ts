import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

interface State {
  readonly issuer: string;
  /** How often its keys were asked for. */
  readonly asked: number;
}

/** The npm package `oidc-provider` as the identity provider of a hospital. */
export class OidcProvider {
  static readonly AUDIENCE = 'https://medserve.example';

  private constructor(
    private readonly child: ChildProcess,
    readonly issuer: string,
  ) {}

  /** @param host how this machine is called in its address */
  static async start(host = '127.0.0.1'): Promise<OidcProvider> {
    const child = fork(join(__dirname, 'oidc-provider.mjs'), [host], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    });
    const [{ issuer }] = (await once(child, 'message')) as [State];
    return new OidcProvider(child, issuer);
  }

  get jwks(): string {
    return `${this.issuer}/jwks`;
  }

  /** `rotate`, `down`, `up`, `ahead` with seconds, `page` with the URL of one, or `person` with claims. */
  async tell(
    what: 'rotate' | 'down' | 'up' | 'ahead' | 'page' | 'person' | 'nothing',
    value: number | string | Readonly<Record<string, unknown>> | null = 0,
  ): Promise<State> {
    const told = once(this.child, 'message') as Promise<[State]>;
    this.child.send([what, value]);
    return (await told)[0];
  }

  /** An access token by client credentials (RFC 6749, section 4.4). */
  async token(client: string, scope: string): Promise<string> {
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client}:${client}-secret-of-more-than-32-characters`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
    });
    const { access_token: token } = (await response.json()) as { access_token?: string };
    if (token === undefined) throw new Error(`the provider gives no token: ${String(response.status)}`);
    return token;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}
