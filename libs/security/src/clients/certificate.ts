import { X509Certificate } from 'node:crypto';
import type { Principal } from '../principal';
import { allowed } from '../tokens/principal-of-token';
import { principalOfClient } from '../tokens/own-tokens';
import type { Client } from '../client';

export interface CertificateReader {
  /** The client that is registered with the certificate itself, in lower-case hex. */
  findByCertificate(sha256: string): Promise<Client | undefined>;
  /** The client that is registered with a name, as `URI:...` or `DNS:...`. */
  findByCertificateName(name: string): Promise<Client | undefined>;
}

/** Who a certificate stands for, and while which time, in milliseconds since the epoch. */
export interface CertifiedPrincipal {
  readonly principal: Principal;
  readonly validFromMs: number;
  /** The moment at which it does not hold any more. */
  readonly validToMs: number;
}

/** Names by which a client may be registered, in the order in which they are looked up. */
const KINDS = ['URI', 'DNS'] as const;
const NAMES = 16;

/**
 * The client that a TLS peer is: by the fingerprint of its certificate, or else by a name in it (subject alternative name).
 * The listener has checked the chain and the possession of the private key; a name is only worth what its authority is, so a
 * listener that trusts more than the hospital's own registers fingerprints. The times are the caller's to compare: a listener
 * looks at them when a connection opens, which may be kept, or resumed, long after they are over.
 *
 * @param der the certificate as the peer sent it
 * @returns undefined for a certificate of nobody, or of a client that was revoked
 */
export async function principalOfCertificate(
  der: Buffer,
  clients: CertificateReader,
): Promise<CertifiedPrincipal | undefined> {
  const certificate = new X509Certificate(der);
  const sha256 = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  const client = (await clients.findByCertificate(sha256)) ?? (await byName(certificate, clients));
  if (client === undefined || client.revokedAt !== null) return undefined;
  return {
    principal: principalOfClient(client, allowed(client.scopes, client.scopes)),
    validFromMs: Date.parse(certificate.validFrom),
    validToMs: Date.parse(certificate.validTo),
  };
}

async function byName({ subjectAltName }: X509Certificate, clients: CertificateReader): Promise<Client | undefined> {
  // A name that Node had to quote holds what no name of ours does (CVE-2021-44532).
  const names = (subjectAltName ?? '').split(', ').filter((name) => !name.includes('"'));
  for (const kind of KINDS) {
    for (const name of names.filter((one) => one.startsWith(`${kind}:`)).slice(0, NAMES)) {
      const client = await clients.findByCertificateName(name);
      if (client !== undefined) return client;
    }
  }
  return undefined;
}
