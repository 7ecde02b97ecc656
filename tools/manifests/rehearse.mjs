#!/usr/bin/env node
// Runs what an image would hold as a cluster would run it, where there is no container engine: the tree of the image, owned by somebody else
// and read-only, an unprivileged user, the environment of the manifests and nothing besides. Each service has to get ready, and to end
// with 0 within its grace. What it cannot show: the image itself, kubelets, networks, mounts.
//
//   node tools/manifests/rehearse.mjs TREE     as root, on Linux; TREE: after the steps of deploy/images/Dockerfile
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { documentsOf } from './documents.mjs';

const USER = 1000;
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const require = createRequire(import.meta.url);
const [given] = process.argv.slice(2);
if (given === undefined) {
  console.error('rehearse: say which tree: node tools/manifests/rehearse.mjs TREE');
  process.exit(2);
}
const tree = resolve(given);
const place = mkdtempSync(join(tmpdir(), 'medserve-rehearsal-'));
chmodSync(place, 0o755);

const { startEmbeddedPostgres } = require(join(root, 'libs/storage/dist/index.js'));

/** Everything below a folder belongs to the user of the pods, as a volume of theirs does. */
function giveAway(path) {
  chownSync(path, USER, USER);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) giveAway(inner);
    else chownSync(inner, USER, USER);
  }
}

/** In a world of its own: the tree is read-only there, and no variable of ours gets in. */
function inside(environment, command) {
  const script = [
    `mount --bind ${tree} ${tree}`,
    `mount -o remount,ro,bind ${tree}`,
    `cd ${tree}`,
    `exec setpriv --reuid=${USER} --regid=${USER} --clear-groups --no-new-privs --bounding-set=-all "$@"`,
  ].join(' && ');
  return {
    file: 'unshare',
    args: ['--mount', 'sh', '-c', script, 'sh', ...command],
    options: { env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  };
}

const deploymentIn = (file, name) =>
  documentsOf(readFileSync(join(root, 'deploy/k8s/rendered', file), 'utf8')).find(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === name,
  );

function prepareFiles() {
  const secrets = join(place, 'secrets');
  const made = spawnSync(process.execPath, [join(root, 'deploy/compose/make-secrets.mjs'), '--into', secrets], {
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(made.stderr);
  const fleet = join(place, 'fleet');
  mkdirSync(fleet);
  cpSync(join(root, 'deploy/k8s/rendered/pools/cpu/fleet.yaml'), join(fleet, 'fleet.yaml'));
  for (const name of readdirSync(join(root, 'deploy/k8s/rendered/pools/cpu')))
    if (name.endsWith('.json')) cpSync(join(root, 'deploy/k8s/rendered/pools/cpu', name), join(fleet, name));
  const models = join(place, 'models');
  for (const name of ['fundus-vessels', 'stain-nuclei'])
    cpSync(join(root, 'models', name), join(models, name), { recursive: true });
  mkdirSync(join(place, 'tmp'));
  giveAway(place);
}

/** Names and mounts of a cluster, as they are here. */
const here = (service, value) =>
  value
    .replaceAll('/etc/medserve/tls', join(place, 'secrets/tls', service))
    .replaceAll('/etc/medserve/door', join(place, 'secrets/tls/door'))
    .replaceAll('/etc/medserve/tokens', join(place, 'secrets/keys/tokens'))
    .replaceAll('/etc/medserve/keys', join(place, service === 'recorder' ? 'secrets/recorder-keys' : 'secrets/keys'))
    .replaceAll('/etc/medserve/fleet', join(place, 'fleet'))
    .replaceAll('"/models"', JSON.stringify(join(place, 'models')))
    .replaceAll(/[a-z-]+\.medserve\.svc\.cluster\.local/g, 'localhost')
    .replaceAll('0.0.0.0', '127.0.0.1');

function environmentOf(service, { env }, probePort, databaseUrl) {
  const own = Object.fromEntries(
    env.map(({ name, value }) => [
      name,
      value === undefined
        ? { MEDSERVE_DATABASE_URL: databaseUrl, MEDSERVE_POD_ADDRESS: '127.0.0.1' }[name]
        : here(service, value),
    ]),
  );
  return {
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    TMPDIR: join(place, 'tmp'),
    ...own,
    MEDSERVE_PROBE_PORT: String(probePort),
  };
}

async function untilReady(port, child, withinMs) {
  const until = Date.now() + withinMs;
  while (Date.now() < until && child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((again) => setTimeout(again, 100));
  }
  throw new Error(child.exitCode === null ? 'did not get ready' : `ended with ${child.exitCode}`);
}

const began = new Map();

async function start({ service, file, name, port }, databaseUrl) {
  const { spec } = deploymentIn(file, name).spec.template;
  const [container] = spec.containers;
  const {
    file: program,
    args,
    options,
  } = inside(environmentOf(service, container, port, databaseUrl), container.command);
  const child = spawn(program, args, options);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => (said = `${said}${text}`.slice(-4000)));
  began.set(service, { child, graceMs: 1000 * spec.terminationGracePeriodSeconds });
  const since = performance.now();
  try {
    await untilReady(port, child, 60_000);
  } catch (error) {
    throw new Error(`${service} ${error.message}\n${said}`);
  }
  console.log(`${service}: ready after ${((performance.now() - since) / 1000).toFixed(1)} s`);
}

async function end(service) {
  const { child, graceMs } = began.get(service);
  began.delete(service);
  const since = performance.now();
  const gone = new Promise((resolved) => child.once('exit', (code, signal) => resolved(code ?? signal)));
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  const how = await gone;
  clearTimeout(killer);
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  console.log(`${service}: ended with ${how} after ${seconds} s of ${graceMs / 1000} s`);
  if (how !== 0) process.exitCode = 1;
}

const SERVICES = [
  { service: 'inference', file: 'pools/cpu/pool-pictures.yaml', name: 'pool-pictures', port: 19093 },
  { service: 'router', file: 'platform/router.yaml', name: 'router', port: 19092 },
  { service: 'scaler', file: 'platform/scaler.yaml', name: 'scaler', port: 19095 },
  { service: 'gateway', file: 'platform/gateway.yaml', name: 'gateway', port: 19091 },
  { service: 'recorder', file: 'platform/recorder.yaml', name: 'recorder', port: 19094 },
  { service: 'monitor', file: 'platform/monitor.yaml', name: 'monitor', port: 19096 },
];

/** One command, to its end. @throws Error with what it said */
function run(command, environment) {
  const { file, args, options } = inside(
    { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, TMPDIR: join(place, 'tmp'), ...environment },
    command,
  );
  const { status, stdout, stderr } = spawnSync(file, args, { ...options, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

/** As the pod `operator` does it. */
const firstKey = (databaseUrl) =>
  JSON.parse(
    run(['node', 'bin/medserve.js', 'keys', 'create', '--label', 'rehearsal', '--json'], {
      MEDSERVE_DATABASE_URL: databaseUrl,
      MEDSERVE_HOME: join(place, 'secrets/home'),
    }),
  ).key;

/** What the gateway offers to a caller who trusts the authority of its door. */
function offered(key) {
  const ca = readFileSync(join(place, 'secrets/tls/door/ca.crt'));
  return new Promise((resolved, rejected) => {
    get('https://localhost:8080/v1/models', { ca, headers: { authorization: `Bearer ${key}` } }, (response) => {
      let text = '';
      response.on('data', (part) => (text += part)).on('end', () => resolved({ status: response.statusCode, text }));
    }).on('error', rejected);
  });
}

prepareFiles();
const postgres = await startEmbeddedPostgres({ dir: join(place, 'postgres') });
try {
  console.log(`migration: ${run(['node', 'deploy/images/migrate.cjs'], { MEDSERVE_DATABASE_URL: postgres.url })}`);
  for (const service of SERVICES) await start(service, postgres.url);
  const { status, text } = await offered(firstKey(postgres.url));
  const isServed = status === 200 && text.includes('fundus-vessels');
  console.log(`a caller over TLS: ${status}${isServed ? ', with the models of the pod' : ` ${text.slice(0, 300)}`}`);
  if (!isServed) process.exitCode = 1;
  for (const { service } of [...SERVICES].reverse()) await end(service);
} finally {
  for (const { child } of began.values()) child.kill('SIGKILL');
  await postgres.stop();
  rmSync(place, { recursive: true, force: true });
}
