import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateAuthority, type IssuedCertificate } from './authority';

/** In place of a file that a service may be reading just now: it reads the old one or the new one, never a half. */
function put(file: string, text: string, mode: number): void {
  const draft = `${file}.new`;
  // With the end of its last line: two of them put together are a bundle.
  writeFileSync(draft, text.endsWith('\n') ? text : `${text}\n`, { mode });
  renameSync(draft, file);
}

/** Writes the files of one end as Kubernetes keeps them: `tls.crt`, `tls.key` (mode 0600) and `ca.crt`. */
export function writeCertificate(directory: string, authority: string, { certificate, key }: IssuedCertificate): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  put(join(directory, 'ca.crt'), authority, 0o644);
  put(join(directory, 'tls.crt'), certificate, 0o644);
  put(join(directory, 'tls.key'), key, 0o600);
}

const AUTHORITY = { certificate: 'authority.crt', key: 'authority.key' } as const;

/** The authority that a folder keeps (its key has mode 0600), made when there is none. */
export async function keptAuthority(directory: string, name: string, days: number): Promise<CertificateAuthority> {
  const [certificate, key] = [join(directory, AUTHORITY.certificate), join(directory, AUTHORITY.key)];
  if (existsSync(key)) {
    return CertificateAuthority.load({
      certificate: readFileSync(certificate, 'utf8'),
      key: readFileSync(key, 'utf8'),
    });
  }
  const authority = await CertificateAuthority.create(name, days);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  put(certificate, authority.certificate, 0o644);
  put(key, authority.privateKey, 0o600);
  return authority;
}
