import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes how a user reaches the API (JSON, which is YAML): with the certificate `<user>.crt` of `certificates`, or with a token. */
export function writeKubeconfig(path, { server, certificates, user, token }) {
  const credentials =
    token === undefined
      ? { 'client-certificate': join(certificates, `${user}.crt`), 'client-key': join(certificates, `${user}.key`) }
      : { token };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'medserve-tests', cluster: { server, 'certificate-authority': join(certificates, 'ca.crt') } }],
    users: [{ name: user, user: credentials }],
    contexts: [{ name: 'medserve-tests', context: { cluster: 'medserve-tests', user, namespace: 'default' } }],
    'current-context': 'medserve-tests',
  };
  writeFileSync(path, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
}
