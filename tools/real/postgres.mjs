#!/usr/bin/env node
// A PostgreSQL server of our own on loopback, for tests: Debian's (the newest of /usr/lib/postgresql/*/bin, or the one on the
// PATH), otherwise the embedded one that the platform brings, run as a server.
//
//   node tools/real/postgres.mjs [--embedded]     prints its URL; Ctrl-C ends it
//
// Under root the server runs as `nobody`: PostgreSQL refuses to be root. It waits for the disk as in production.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from './ports.mjs';
import { end, hasEnded } from './processes.mjs';

const USER = 'medserve';
const NOBODY = 65_534;
const READY_WITHIN_MS = 60_000;
const ENVIRONMENT = { LC_ALL: 'C.UTF-8', TZ: 'UTC', PATH: '/usr/bin:/bin' };

const account = () => (process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {});

/** Folder with `initdb` and `postgres`; undefined where no server is installed. */
function findBinaries() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((one, other) => Number(other) - Number(one)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

function makeCluster(binaries, folder, password) {
  mkdirSync(folder, { recursive: true });
  // Reached by another account, which owns what is inside.
  chmodSync(folder, 0o711);
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const home = join(folder, 'cluster');
  mkdirSync(home, { mode: 0o700 });
  const { uid, gid } = account();
  if (uid !== undefined) for (const path of [passwordFile, home]) chownSync(path, uid, gid);
  const data = join(home, 'data');
  const made = spawnSync(
    join(binaries, 'initdb'),
    [
      `--pgdata=${data}`,
      `--pwfile=${passwordFile}`,
      `--username=${USER}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ],
    { ...account(), cwd: '/', env: ENVIRONMENT, encoding: 'utf8' },
  );
  rmSync(passwordFile, { force: true });
  if (made.status !== 0)
    throw new Error(`PostgreSQL could not make its data folder:\n${made.stderr ?? made.error?.message}`);
  return data;
}

async function startInstalled(binaries, folder) {
  const password = randomBytes(24).toString('base64url');
  const data = makeCluster(binaries, folder, password);
  const [port] = await freePorts(1);
  const log = join(folder, 'postgres.log');
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    logging_collector: 'off',
  };
  const descriptor = openSync(log, 'a');
  const child = spawn(
    join(binaries, 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // A session of its own: Ctrl-C in the terminal must not end the server before the tests.
    { ...account(), cwd: '/', env: ENVIRONMENT, detached: true, stdio: ['ignore', descriptor, descriptor] },
  );
  closeSync(descriptor);
  // Line 8 of postmaster.pid says that it takes connections.
  const isReady = () => {
    const file = join(data, 'postmaster.pid');
    return existsSync(file) && (readFileSync(file, 'utf8').split('\n')[7] ?? '').trim() === 'ready';
  };
  for (let waitedMs = 0; !isReady(); waitedMs += 20) {
    if (hasEnded(child) || waitedMs > READY_WITHIN_MS) {
      await end(child, 'SIGQUIT');
      throw new Error(
        `PostgreSQL did not start:\n${readFileSync(log, 'utf8').trim().split('\n').slice(-10).join('\n')}`,
      );
    }
    await delay(20);
  }
  return {
    url: `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`,
    // Fast shutdown: open transactions are rolled back.
    stop: () => end(child, 'SIGINT'),
  };
}

async function startEmbedded(folder) {
  const { startEmbeddedPostgres } = createRequire(import.meta.url)('@medserve/storage');
  return startEmbeddedPostgres({ dir: folder });
}

/** Starts the server, ready when it resolves. `url` is of a user that may create databases. */
export function startPostgres({ folder, isEmbedded = false, say = () => undefined }) {
  const binaries = isEmbedded ? undefined : findBinaries();
  say(
    `postgres: starting ${binaries === undefined ? 'the embedded one as a server' : `the server of ${binaries}`} ...`,
  );
  return binaries === undefined ? startEmbedded(folder) : startInstalled(binaries, folder);
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'medserve-postgres-'));
  // Its account passes through it to its own folder.
  chmodSync(folder, 0o711);
  try {
    const asked = new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
    });
    // A signal handler keeps no process alive.
    const alive = setInterval(() => undefined, 60_000);
    const server = await startPostgres({ folder, isEmbedded: process.argv.includes('--embedded'), say: console.error });
    console.log(server.url);
    await asked;
    await server.stop();
    clearInterval(alive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
