import { X509Certificate, createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority } from './authority';
import { keptAuthority, writeCertificate } from './write-certificates';

const DAY_MS = 86_400_000;

describe('certificates of a platform', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'medserve-certificates-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('name a service and hosts, hold for the days that were asked for, and are vouched for by their authority only', async () => {
    const authority = await CertificateAuthority.create('a platform', 10);
    const stranger = new X509Certificate((await CertificateAuthority.create('a platform', 10)).certificate);
    const from = new Date('2026-11-25T12:00:00Z');
    const uri = 'spiffe://a.platform/router';
    const issued = await authority.issue({
      name: 'router',
      uri,
      hosts: ['localhost', '::1', '10.0.0.7'],
      days: 3,
      from,
    });
    const certificate = new X509Certificate(issued.certificate);
    const root = new X509Certificate(authority.certificate);
    expect(certificate.subjectAltName).toBe(
      'URI:spiffe://a.platform/router, DNS:localhost, IP Address:0:0:0:0:0:0:0:1, IP Address:10.0.0.7',
    );
    expect(certificate.validToDate.getTime()).toBe(from.getTime() + 3 * DAY_MS);
    expect(certificate.checkIssued(root) && certificate.verify(root.publicKey)).toBe(true);
    expect(certificate.verify(stranger.publicKey)).toBe(false);
    expect(certificate.checkPrivateKey(createPrivateKey(issued.key))).toBe(true);
    expect([certificate.ca, root.ca]).toEqual([false, true]);
  });

  it('come from the same authority the next time, and their keys are for nobody else to read', async () => {
    const first = await keptAuthority(directory, 'a platform', 10);
    const again = await keptAuthority(directory, 'a platform', 10);
    expect(again.certificate).toBe(first.certificate);
    const issued = await again.issue({ name: 'router', uri: 'spiffe://a.platform/router', days: 1 });
    writeCertificate(join(directory, 'router'), again.certificate, issued);
    const written = new X509Certificate(readFileSync(join(directory, 'router', 'tls.crt')));
    expect(written.verify(new X509Certificate(first.certificate).publicKey)).toBe(true);
    // So that several put together are a bundle.
    for (const file of ['authority.crt', 'router/tls.crt', 'router/ca.crt'])
      expect(readFileSync(join(directory, file), 'utf8')).toMatch(/-\n$/);
    for (const file of ['authority.key', 'router/tls.key']) {
      expect(statSync(join(directory, file)).mode & 0o077).toBe(0);
    }
  });
});
