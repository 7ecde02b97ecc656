#!/usr/bin/env node
// Makes deploy/compose/secrets: keys, passwords, certificates. Refuses when it is there: other keys would open nothing that was sealed before.
//
//   node deploy/compose/make-secrets.mjs [--host NAME]...    names by which callers reach the gateway, beside localhost
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: { host: { type: 'string', multiple: true, default: [] }, into: { type: 'string' } },
});
const folder = values.into ?? join(here, 'secrets');

if (existsSync(folder)) {
  console.error(
    `${folder} is there already: what was sealed under its keys cannot be opened by others. Nothing was changed.`,
  );
  process.exit(1);
}

function put(path, content) {
  mkdirSync(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, path), content, { mode: 0o600 });
}

const signingKey = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });

const keys = { pepper: randomBytes(32), references: randomBytes(32), content: randomBytes(32) };
const ledger = signingKey();
const token = signingKey();
for (const [name, secret] of Object.entries(keys)) {
  put(`keys/${name}`, secret);
  put(`home/keys/${name}`, secret);
}
for (const place of ['keys', 'home/keys']) put(`${place}/tokens/1.pem`, token);
for (const place of ['recorder-keys', 'home/keys']) put(`${place}/ledger.pem`, ledger);

for (const [service, user] of [
  ['owner', 'medserve'],
  ['gateway', 'gateway_login'],
  ['recorder', 'recorder_login'],
  ['monitor', 'monitor_login'],
]) {
  const password = randomBytes(24).toString('hex');
  put(`passwords/${service}`, password);
  put(`${service}.env`, `MEDSERVE_DATABASE_URL=postgres://${user}:${password}@postgres:5432/medserve\n`);
}
put('passwords/grafana', randomBytes(18).toString('base64url'));

const command = join(here, '..', '..', 'bin', 'medserve.js');
// By the name of its container those beside it reach it.
const hosts = ['gateway', ...values.host].flatMap((host) => ['--host', host]);
execFileSync(process.execPath, [command, 'certs', 'make', join(folder, 'tls'), ...hosts], { stdio: 'inherit' });
console.log(`secrets are in ${folder}: nobody else may read it, and it is the only copy`);
