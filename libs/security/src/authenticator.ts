import { hash } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import { principalOfCertificate, type CertificateReader } from './clients/certificate';
import { KeyProver, type KeyReader } from './keys/key-prover';
import { MissingScope } from './missing-scope';
import type { Principal } from './principal';
import { BELIEVED_MS, REMEMBERED, type Proof, type Prover } from './prover';
import type { Scope } from './scopes';
import type { SessionProver } from './sign-in/session-prover';
import { ShortCache } from './short-cache';
import { refused } from './tokens/token-shape';

/** Whether a tenant may use the platform at the moment. */
export interface TenantReader {
  isActive(tenant: string): Promise<boolean>;
}

export interface AuthenticatorParts {
  /** Further kinds of credential beside API keys. */
  readonly provers?: readonly Prover[];
  /** Absent: every tenant may. */
  readonly tenants?: TenantReader;
  /** Absent: nobody is known by a certificate. */
  readonly certificates?: CertificateReader;
  /** Absent: nobody is known by the session of a browser. */
  readonly sessions?: Pick<SessionProver, 'prove'>;
}

const EVERY_TENANT: TenantReader = { isActive: () => Promise.resolve(true) };

/**
 * Proves credentials, each by its shape. What was proven is remembered for five seconds by the SHA-256 of the header that
 * carried it, so that a busy caller costs no query and no signature a request, and what is revoked or suspended stops working
 * within that time.
 */
export class Authenticator {
  private readonly proofs = new Map<string, Proof>();
  private readonly provers: readonly Prover[];
  private readonly tenants: ShortCache<boolean>;
  private readonly certificates: CertificateReader | undefined;
  private readonly sessions: Pick<SessionProver, 'prove'> | undefined;

  constructor(
    keys: KeyReader,
    pepper: Buffer,
    private readonly now: () => number,
    { provers = [], tenants = EVERY_TENANT, certificates, sessions }: AuthenticatorParts = {},
  ) {
    this.certificates = certificates;
    this.sessions = sessions;
    this.provers = [new KeyProver(keys, pepper, now), ...provers];
    const options = { now, maxAgeMs: BELIEVED_MS, limit: REMEMBERED };
    this.tenants = new ShortCache((tenant) => tenants.isActive(tenant), options);
  }

  /**
   * @param authorization the header `Authorization` or the gRPC metadata of that name
   * @throws ServingError `unauthenticated`, in the same words whatever is wrong, until a signature proves that the caller may
   *   know more; `unavailable` where a proof cannot be had
   */
  async authenticate(authorization: string | undefined): Promise<Principal> {
    const digest = hash('sha256', authorization ?? '', 'base64');
    return this.remembered(digest) ?? this.remember(digest, await this.prove(authorization));
  }

  /**
   * @param der the certificate of a TLS peer, whose chain and possession of the private key the listener has checked
   * @throws ServingError as `authenticate`
   */
  async authenticateCertificate(der: Buffer): Promise<Principal> {
    const digest = `certificate ${hash('sha256', der, 'base64')}`;
    const known = this.remembered(digest);
    if (known !== undefined) return known;
    const nowMs = this.now();
    const found = this.certificates && (await principalOfCertificate(der, this.certificates));
    if (found === undefined) throw refused();
    const { principal, validFromMs, validToMs } = found;
    if (nowMs < validFromMs) throw outOfTime('is not valid yet');
    // NaN, of times that nobody can read, is no time before the end.
    if (!(nowMs < validToMs)) throw outOfTime('has expired');
    return this.remember(digest, { principal, expiresAtMs: validToMs, untilMs: nowMs + BELIEVED_MS });
  }

  /**
   * @param secret of the session of a browser
   * @throws ServingError as `authenticate`
   */
  async authenticateSession(secret: string): Promise<Principal> {
    const digest = digestOfSession(secret);
    const known = this.remembered(digest);
    if (known !== undefined) return known;
    if (this.sessions === undefined) throw refused();
    return this.remember(digest, await this.sessions.prove(secret));
  }

  /** A session that was ended here is over at once; elsewhere within five seconds. */
  forgetSession(secret: string): void {
    this.proofs.delete(digestOfSession(secret));
  }

  private remembered(digest: string): Principal | undefined {
    const proof = this.proofs.get(digest);
    if (proof === undefined) return undefined;
    const now = this.now();
    if (proof.untilMs > now && proof.expiresAtMs > now) return proof.principal;
    this.proofs.delete(digest);
    return undefined;
  }

  private prove(authorization: string | undefined): Promise<Proof> {
    const credential = /^Bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1];
    const prover = credential === undefined ? undefined : this.provers.find((one) => one.takes(credential));
    if (credential === undefined || prover === undefined) throw refused();
    return prover.prove(credential);
  }

  private async remember(digest: string, proof: Proof): Promise<Principal> {
    const tenant = await this.tenants.get(proof.principal.tenant);
    if (tenant?.value !== true) throw refused();
    if (this.proofs.size >= REMEMBERED) this.proofs.clear();
    this.proofs.set(digest, { ...proof, untilMs: Math.min(proof.untilMs, tenant.untilMs) });
    return proof.principal;
  }
}

const digestOfSession = (secret: string): string => `session ${hash('sha256', secret, 'base64')}`;

/** The handshake proved whose certificate it is: they may know what is wrong with it. */
const outOfTime = (what: string): ServingError =>
  new ServingError('unauthenticated', `The client certificate ${what}.`, {
    remedy: 'Renew the certificate, or set the clocks right, and connect anew.',
  });

/** @throws MissingScope */
export function requireScope(principal: Principal, scope: Scope): void {
  if (!principal.scopes.has(scope)) throw new MissingScope(scope);
}
