#!/usr/bin/env node
// Makes the secrets of a platform that has no store of secrets, and prints them as manifests. Nothing is kept: pipe it into the cluster,
// once. A second run would make others, by which nothing that was sealed before could be opened.
//
//   node tools/manifests/secrets.mjs | kubectl create -f -
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { emitFolder } from './emit.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const base64 = (bytes) => Buffer.from(bytes).toString('base64');
const secret = () => randomBytes(32);
const signingKey = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });

/** @returns manifests of every Secret that the platform takes and no operator makes */
export function secretManifests({ databaseUrl, NAMESPACE }) {
  const made = (name, data, type = 'Opaque') => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: NAMESPACE },
    type,
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
  });
  const login = (service, user) => {
    const password = randomBytes(24).toString('hex');
    const uri = databaseUrl(user).replace('{{ .password | urlquery }}', password);
    return made(`database-${service}`, { username: user, password, uri }, 'kubernetes.io/basic-auth');
  };
  const keys = { pepper: secret(), references: secret(), content: secret() };
  const ledger = { 'ledger.pem': signingKey() };
  return [
    login('owner', 'medserve'),
    login('gateway', 'gateway_login'),
    login('recorder', 'recorder_login'),
    login('monitor', 'monitor_login'),
    made('gateway-keys', keys),
    made('gateway-token-keys', { '1.pem': signingKey() }),
    made('recorder-keys', ledger),
    made('operator-keys', { ...keys, ...ledger }),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  emitFolder(join(root, 'deploy/k8s/src'), join(root, 'deploy/k8s/dist'));
  const require = createRequire(import.meta.url);
  const { databaseUrl } = require(join(root, 'deploy/k8s/dist/platform/database.js'));
  const { NAMESPACE } = require(join(root, 'deploy/k8s/dist/names.js'));
  console.log(
    secretManifests({ databaseUrl, NAMESPACE })
      .map((one) => stringify(one, { lineWidth: 0 }))
      .join('---\n'),
  );
}
