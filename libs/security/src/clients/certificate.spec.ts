import { X509Certificate } from 'node:crypto';
import { CertificateAuthority } from '../certificates/authority';
import { principalOfCertificate } from './certificate';
import type { Client } from '../client';

const client = (change: Partial<Client>): Client => ({
  id: 'client-1',
  tenant: 'north',
  label: 'archive',
  jwks: null,
  jwksUri: null,
  certificateSha256: null,
  certificateName: null,
  scopes: ['infer', 'unheard-of'],
  site: null,
  department: null,
  revokedAt: null,
  ...change,
});

const registered = (...clients: Client[]) => ({
  findByCertificate: (sha256: string) => Promise.resolve(clients.find((one) => one.certificateSha256 === sha256)),
  findByCertificateName: (name: string) => Promise.resolve(clients.find((one) => one.certificateName === name)),
});

describe('principalOfCertificate', () => {
  let der: Buffer;
  let sha256: string;
  /** Of a certificate of one day, which holds five minutes before it is made. */
  let validFromMs: number;

  beforeAll(async () => {
    const authority = await CertificateAuthority.create('tests', 1);
    const order = { uri: 'spiffe://north/pacs', hosts: ['pacs.north.example'], name: 'pacs', days: 1 };
    const { certificate } = await authority.issue(order);
    const parsed = new X509Certificate(certificate);
    der = parsed.raw;
    validFromMs = Date.parse(parsed.validFrom);
    sha256 = parsed.fingerprint256.replaceAll(':', '').toLowerCase();
  });

  it('knows a client by its very certificate, or by a name in it', async () => {
    const expected = {
      id: 'client-1',
      kind: 'client',
      tenant: 'north',
      role: 'integration',
      scopes: new Set(['infer']),
    };
    for (const change of [
      { certificateSha256: sha256 },
      { certificateName: 'URI:spiffe://north/pacs' },
      { certificateName: 'DNS:pacs.north.example' },
    ]) {
      const found = await principalOfCertificate(der, registered(client(change)));
      expect(found).toEqual({ principal: expected, validFromMs, validToMs: validFromMs + 86_700_000 });
    }
  });

  it('believes the certificate before a name', async () => {
    const clients = registered(
      client({ id: 'by-name', certificateName: 'URI:spiffe://north/pacs' }),
      client({ id: 'by-certificate', certificateSha256: sha256 }),
    );
    expect((await principalOfCertificate(der, clients))?.principal.id).toBe('by-certificate');
  });

  it('knows nobody by another name, and not who was revoked', async () => {
    for (const change of [
      { certificateName: 'URI:spiffe://north/pac' },
      { certificateName: 'DNS:north.example' },
      { certificateSha256: sha256, revokedAt: new Date(0) },
    ]) {
      expect(await principalOfCertificate(der, registered(client(change)))).toBeUndefined();
    }
  });
});
