import { toServingError, ServingError } from '@medserve/errors';
import type { GivenTokens } from '@medserve/security';
import * as openid from 'openid-client';
import type { Provider } from './providers';
import type { Flow } from './sealed-flow';

const TIMEOUT_S = 5;
const LEEWAY_S = 60;
const FRESH_MS = 300_000;
const CONFIGURATIONS = 100;
/** Codes that are traded at once. */
const TRADES = 64;

type Begun = Pick<Flow, 'state' | 'nonce' | 'verifier'>;

interface Known {
  readonly atMs: number;
  readonly secret: string | undefined;
  readonly configuration: Promise<openid.Configuration>;
}

/** Somebody was sent back without a code, or with one that is good for nothing. */
export class FlowRefused extends Error {
  override readonly name = 'FlowRefused';

  constructor(
    /** `denied`: the person, or the issuer for them, said no. */
    readonly why: 'denied' | 'refused',
    cause: unknown,
  ) {
    super('the issuer gave no tokens', { cause });
  }
}

/**
 * OpenID Connect's authorization code flow with PKCE (S256), as a client of the hospital's issuer. What the tokens are worth is for
 * others to say.
 */
export class CodeFlow {
  private readonly known = new Map<string, Known>();
  private trades = 0;

  /** @param redirect where issuers send people back to */
  constructor(
    private readonly redirect: () => string,
    private readonly now: () => number,
  ) {}

  /** Where a browser is sent, and what it has to come back with. @throws ServingError `unavailable` */
  async begin(provider: Provider): Promise<{ readonly url: URL; readonly begun: Begun }> {
    const configuration = await this.configurationOf(provider);
    const begun = {
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      verifier: openid.randomPKCECodeVerifier(),
    };
    const url = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: this.redirect(),
      scope: provider.signIn.scope,
      state: begun.state,
      nonce: begun.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(begun.verifier),
      code_challenge_method: 'S256',
    });
    return { url, begun };
  }

  /**
   * Trades the code that a browser came back with.
   *
   * @param query of the address that it came to
   * @throws FlowRefused; ServingError `unavailable`, `overloaded`
   */
  async finish(provider: Provider, flow: Begun, query: string): Promise<GivenTokens> {
    if (this.trades >= TRADES) {
      throw new ServingError('overloaded', 'Too many people sign in at this moment.', {
        limit: `sign-ins at issuers at once: ${String(TRADES)}`,
      });
    }
    this.trades += 1;
    try {
      const tokens = await openid.authorizationCodeGrant(
        await this.configurationOf(provider),
        new URL(`${this.redirect()}${query}`),
        {
          expectedState: flow.state,
          expectedNonce: flow.nonce,
          pkceCodeVerifier: flow.verifier,
          idTokenExpected: true,
        },
      );
      return { idToken: tokens.id_token ?? '', accessToken: tokens.access_token };
    } catch (error) {
      throw explained(error);
    } finally {
      this.trades -= 1;
    }
  }

  private configurationOf({ id, secret, address, signIn }: Provider): Promise<openid.Configuration> {
    const found = this.known.get(id);
    if (found !== undefined && found.secret === secret && this.now() - found.atMs < FRESH_MS)
      return found.configuration;
    if (this.known.size >= CONFIGURATIONS) this.known.clear();
    const configuration = configure(address, signIn.client, secret).catch((error: unknown) => {
      this.known.delete(id);
      throw unavailable(error);
    });
    this.known.set(id, { atMs: this.now(), secret, configuration });
    return configuration;
  }
}

/** Asks the issuer how it works (OpenID Connect Discovery 1.0), and how its clients prove themselves. */
async function configure(address: URL, client: string, secret: string | undefined): Promise<openid.Configuration> {
  // The operator's commands let `http:` through on this machine only, which is what the function is for.
  // oxlint-disable-next-line typescript/no-deprecated -- marked so that it stands out
  const execute = address.protocol === 'http:' ? [openid.allowInsecureRequests] : [];
  const found = await openid.discovery(address, client, undefined, openid.None(), { execute, timeout: TIMEOUT_S });
  const server = found.serverMetadata();
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const prove = methods.includes('client_secret_basic') ? openid.ClientSecretBasic : openid.ClientSecretPost;
  const configuration = new openid.Configuration(
    server,
    client,
    { [openid.clockTolerance]: LEEWAY_S },
    secret === undefined ? openid.None() : prove(secret),
  );
  // oxlint-disable-next-line typescript/no-deprecated -- as above
  for (const change of execute) change(configuration);
  configuration.timeout = TIMEOUT_S;
  return configuration;
}

/**
 * Words of an issuer that cannot answer now, or does not take this platform for the client that it says to be (RFC 6749, 4.1.2.1 and 5.2):
 * no decision about a person, and nothing that a person could have done otherwise.
 */
const NOT_ABOUT_THE_PERSON: ReadonlySet<string> = new Set([
  'server_error',
  'temporarily_unavailable',
  'slow_down',
  'invalid_client',
]);

function explained(error: unknown): unknown {
  const isAnswer = error instanceof openid.AuthorizationResponseError || error instanceof openid.ResponseBodyError;
  if (isAnswer && NOT_ABOUT_THE_PERSON.has(error.error)) return unavailable(error);
  // The issuer's 401 with a challenge: it does not know this client, or not by this secret.
  if (error instanceof openid.WWWAuthenticateChallengeError) return unavailable(error);
  if (error instanceof openid.AuthorizationResponseError) return new FlowRefused('denied', error);
  if (error instanceof openid.ResponseBodyError && error.status < 500) return new FlowRefused('refused', error);
  if (error instanceof openid.ClientError && !isOutage(error)) return new FlowRefused('refused', error);
  if (error instanceof openid.ClientError || error instanceof openid.ResponseBodyError || error instanceof TypeError) {
    return unavailable(error);
  }
  return toServingError(error);
}

const unavailable = (cause: unknown): ServingError =>
  new ServingError('unavailable', 'The issuer cannot be asked at the moment.', { cause });

const isOutage = ({ code }: openid.ClientError): boolean =>
  code === 'OAUTH_TIMEOUT' || code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' || code === undefined;
