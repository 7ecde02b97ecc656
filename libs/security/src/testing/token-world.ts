import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
} from 'jose';
import type { TrustedIssuer } from '../tokens/issuer';
import type { Clock } from '../tokens/key-ring';

export const ISSUER = 'https://id.north.example';
export const AUDIENCE = 'https://medserve.example';

/** The line of the table for the issuer of the tests. */
export const lineOf = (jwksUri: string, change: Partial<TrustedIssuer> = {}): TrustedIssuer => ({
  id: 'line-1',
  tenant: 'north',
  issuer: ISSUER,
  client: null,
  claim: null,
  jwksUri,
  audience: AUDIENCE,
  algorithms: ['RS256', 'ES256', 'EdDSA'],
  typ: 'at+jwt',
  scopes: ['infer', 'result:read', 'model:read'],
  claims: { role: 'roles', site: 'site', department: 'department', purpose: 'purpose' },
  roles: { radiologist: 'clinician' },
  departments: null,
  sites: ['main'],
  ...change,
});

export interface Signer {
  readonly kid: string;
  readonly alg: string;
  readonly key: CryptoKey;
  readonly jwk: JWK;
}

export async function signer(alg: string, kid: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, key: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** A clock that stands until it is moved; who sleeps wakes when it is moved far enough. */
export class HandClock implements Clock {
  private readonly sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();

  constructor(private ms: number) {}

  now(): number {
    return this.ms;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      this.sleepers.add({ atMs: this.ms + ms, wake });
    });
  }

  /** Moves on by seconds whenever somebody sleeps, until the work is done. */
  async through<T>(work: Promise<T>): Promise<T> {
    const state = { isDone: false };
    const watched = work.finally(() => {
      state.isDone = true;
    });
    watched.catch(() => undefined);
    while (!state.isDone) await this.pass(this.sleepers.size > 0 ? 1_000 : 0);
    return watched;
  }

  /** Moves on, and lets what waits run. */
  async pass(ms: number): Promise<void> {
    this.ms += ms;
    for (const sleeper of [...this.sleepers].filter(({ atMs }) => atMs <= this.ms)) {
      this.sleepers.delete(sleeper);
      sleeper.wake();
    }
    await settle();
  }
}

/** Until all that is ready to run has run. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

export const claimsAt = (nowMs: number, change: JWTPayload = {}): JWTPayload => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'ada',
  iat: Math.floor(nowMs / 1000),
  exp: Math.floor(nowMs / 1000) + 300,
  scope: 'infer result:read audit:read',
  ...change,
});

export const sign = (by: Signer, claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: by.alg, kid: by.kid, typ: 'at+jwt', ...header }).sign(by.key);

/** Publishes keys on loopback, and counts who asks. */
export class KeyServer {
  asked = 0;
  keys: JWK[] = [];
  /** In place of the keys. */
  answer: { status?: number; type?: string; body: string; location?: string } | undefined;
  /** Until it resolves nobody gets an answer. */
  hold: Promise<void> = Promise.resolve();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<KeyServer> {
    const server = createServer();
    const keys = new KeyServer(server);
    server.on('request', (_request, response) => {
      keys.asked += 1;
      void keys.hold.then(() => {
        const {
          status = 200,
          type = 'application/json',
          body,
          location,
        } = keys.answer ?? {
          body: JSON.stringify({ keys: keys.keys }),
        };
        response.writeHead(status, { 'content-type': type, ...(location === undefined ? {} : { location }) }).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return keys;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/jwks`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }
}
