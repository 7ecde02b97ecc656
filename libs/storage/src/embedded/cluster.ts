import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openDoorway, serverAccount, type Doorway } from './account';
import type { Binaries } from './binaries';
import { processesOn } from './leftovers';
import { readPostmaster } from './postmaster-file';

/** Files of one embedded server: `cluster/` belongs to the server's account, all else in `dir` to whoever runs MedServe. */
export interface Cluster {
  readonly folder: string;
  readonly data: string;
  readonly password: string;
}

const USER = 'medserve';

const dataFolder = (dir: string): string => join(dir, 'cluster', 'data');
const passwordFile = (dir: string): string => join(dir, 'password');

const urlOf = (password: string, port: number): string =>
  `postgres://${USER}:${password}@127.0.0.1:${String(port)}/postgres`;

export const clusterUrl = ({ password }: Cluster, port: number): string => urlOf(password, port);

/** What the kernel takes for the path of a socket, its end included (unix(7)). */
const SOCKET_PATH_BYTES = 108;

/**
 * The folder in which the server has a socket beside its port: that of the cluster, which is shut to others. Undefined where there can be
 * none: a path that is too long, or that the server would take for two.
 */
export function socketFolder({ folder }: Cluster): string | undefined {
  const isTooLong = Buffer.byteLength(`${folder}/.s.PGSQL.65535`) >= SOCKET_PATH_BYTES;
  return process.platform === 'win32' || isTooLong || /[,"]/u.test(folder) ? undefined : folder;
}

/** The same server by its socket, where it has one. Written behind the address, where pg looks first. */
export function socketUrl(cluster: Cluster, port: number): string {
  const folder = socketFolder(cluster);
  const url = clusterUrl(cluster, port);
  return folder === undefined ? url : `${url}?host=${encodeURIComponent(folder)}`;
}

/** URL of the embedded server that runs on `dir` now, whoever started it; undefined when none does. */
export function findRunningPostgres(dir: string): string | undefined {
  const data = dataFolder(resolve(dir));
  const postmaster = readPostmaster(data);
  if (postmaster?.isReady !== true || !processesOn(data).includes(postmaster.pid)) return undefined;
  return urlOf(readFileSync(passwordFile(dir), 'utf8').trim(), postmaster.port);
}

const ENVIRONMENT = { LC_ALL: 'C.UTF-8', TZ: 'UTC', PATH: '/usr/bin:/bin' };

export function environment(): NodeJS.ProcessEnv {
  return process.platform === 'win32' ? { ...process.env, ...ENVIRONMENT, PATH: process.env['PATH'] } : ENVIRONMENT;
}

function giveToServer(path: string): void {
  const { uid, gid } = serverAccount();
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

function readOrMakePassword(path: string): string {
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
  return readFileSync(path, 'utf8').trim();
}

function runInitdb(binaries: Binaries, doorway: Doorway): Promise<void> {
  const args = [
    `--pgdata=${doorway.path}/new`,
    `--pwfile=${doorway.path}/password`,
    `--username=${USER}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
    '--no-instructions',
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(binaries.initdb, args, {
      ...serverAccount(),
      cwd: '/',
      env: environment(),
      stdio: ['ignore', 'ignore', 'pipe', doorway.descriptor],
    });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(`PostgreSQL could not make its data folder (initdb ended with ${String(code)}): ${said.trim()}`),
        );
    });
  });
}

/** initdb's own sync walks 1,000 files one by one; one `sync` of the machine is enough before the first real write. */
function syncDisks(): Promise<void> {
  return new Promise((resolve) => {
    execFile('sync', () => {
      resolve();
    });
  });
}

/** Makes the cluster on the first call; a half-made one, left by a crash, is made anew. */
export async function prepareCluster(dir: string, binaries: Binaries, fsync: boolean): Promise<Cluster> {
  mkdirSync(dir, { recursive: true });
  const folder = join(dir, 'cluster');
  const data = dataFolder(dir);
  const password = readOrMakePassword(passwordFile(dir));
  if (existsSync(data)) return { folder, data, password };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  giveToServer(folder);
  rmSync(join(folder, 'new'), { recursive: true, force: true });
  const handedOver = join(folder, 'password');
  writeFileSync(handedOver, password, { mode: 0o600 });
  giveToServer(handedOver);
  const doorway = openDoorway(folder);
  try {
    await runInitdb(binaries, doorway);
  } finally {
    if (doorway.descriptor !== 'ignore') closeSync(doorway.descriptor);
    rmSync(handedOver, { force: true });
  }
  if (fsync) await syncDisks();
  renameSync(join(folder, 'new'), data);
  return { folder, data, password };
}
