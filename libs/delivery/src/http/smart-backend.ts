import { createPrivateKey, randomUUID, sign, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { TlsFiles } from '../tls-files';
import type { Authorization } from './authorization';
import { post } from './post';
import { TokenRefusedError } from './token-refused';

export interface SmartBackendParts {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly keyId: string;
  /** PKCS #8 in PEM. */
  readonly key: string;
  readonly scope: string;
  readonly tls: TlsFiles | undefined;
  /** In milliseconds since the epoch. */
  readonly now: () => number;
}

/** "exp … no more than five minutes in the future" (SMART App Launch 2.2, client-confidential-asymmetric). */
const ASSERTION_SECONDS = 240;
/** A token that ends on its way to the server is refused there. */
const SPARE_MS = 10_000;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const tokenSchema = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/),
  expires_in: z.coerce.number().positive().default(300),
});

interface Held {
  /** As it stands in `Authorization`. */
  readonly header: string;
  /** In milliseconds since the epoch. */
  readonly until: number;
}

/** Of a token endpoint. */
const TOKEN_WAIT_MS = 30_000;

/** What others wait for too: it goes on when one of them gives up. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('given up'));
    };
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    void work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', giveUp);
    });
  });
}

/** SMART Backend Services as a client: signs that we are who we are, and keeps the token for as long as it lives. */
export class SmartBackend implements Authorization {
  private readonly key: KeyObject;
  private held: Held | undefined;
  /** What all who need a token at the same time wait for: some servers end the one before when they give another. */
  private fetching: Promise<Held> | undefined;

  /** @throws Error for a key that is neither RSA nor on P-384 */
  constructor(private readonly parts: SmartBackendParts) {
    this.key = createPrivateKey(parts.key);
    algorithmOf(this.key);
  }

  async header(signal: AbortSignal): Promise<string> {
    const now = this.parts.now();
    if (this.held !== undefined && this.held.until > now) return this.held.header;
    // By no caller's signal: who gives up may not give up for the others.
    this.fetching ??= this.fetch(AbortSignal.timeout(TOKEN_WAIT_MS)).finally(() => {
      this.fetching = undefined;
    });
    this.held = await orAborted(this.fetching, signal);
    return this.held.header;
  }

  forget(refused: string): boolean {
    // Another attempt may have fetched a new one meanwhile.
    if (this.held?.header === refused) this.held = undefined;
    return true;
  }

  private async fetch(signal: AbortSignal): Promise<Held> {
    const { tokenUrl, scope, tls, now } = this.parts;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope,
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: this.assertion(),
    });
    const body = Buffer.from(form.toString());
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const reply = await post({ url: tokenUrl, headers, bytes: body.length, body: [body], tls, signal });
    if (reply.status !== 200) throw new TokenRefusedError(reply.status);
    const token = tokenSchema.parse(JSON.parse(reply.body.toString('utf8')));
    return { header: `Bearer ${token.access_token}`, until: now() + token.expires_in * 1_000 - SPARE_MS };
  }

  private assertion(): string {
    const { clientId, keyId, tokenUrl, now } = this.parts;
    const { name, options } = algorithmOf(this.key);
    const issuedAt = Math.floor(now() / 1_000);
    const claims = {
      iss: clientId,
      sub: clientId,
      aud: tokenUrl,
      jti: randomUUID(),
      iat: issuedAt,
      exp: issuedAt + ASSERTION_SECONDS,
    };
    const signed = [{ alg: name, typ: 'JWT', kid: keyId }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${signed}.${sign('sha384', Buffer.from(signed), { key: this.key, ...options }).toString('base64url')}`;
  }
}

/** The two that a server has to know one of. */
function algorithmOf(key: KeyObject): {
  readonly name: string;
  readonly options: { readonly dsaEncoding?: 'ieee-p1363' };
} {
  if (key.asymmetricKeyType === 'rsa') return { name: 'RS384', options: {} };
  if (key.asymmetricKeyDetails?.namedCurve === 'secp384r1')
    return { name: 'ES384', options: { dsaEncoding: 'ieee-p1363' } };
  throw new Error('the key of a SMART backend client has to be RSA, or elliptic on P-384');
}
