import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openDoorway, serverAccount } from './account';
import { findBinaries, type Binaries } from './binaries';
import { clusterUrl, environment, prepareCluster, socketFolder, socketUrl, type Cluster } from './cluster';
import { clearLeftovers, stopServer } from './leftovers';
import { readPostmaster } from './postmaster-file';
import { ServerLog } from './server-log';

export interface EmbeddedPostgresOptions {
  /** Folder for the data, the password (mode 0600) and the server's log; made when absent. One server a folder. */
  readonly dir: string;
  /** 0 or absent: any free port, another one at each start. */
  readonly port?: number;
  /** False loses data when the machine stops: for tests only. */
  readonly fsync?: boolean;
}

export interface EmbeddedPostgres {
  readonly url: string;
  /**
   * For who makes many small requests on this machine: by a Unix socket, where there can be one. A trip to the server and back takes a
   * fifth less of the CPU of both than over the loopback.
   */
  readonly nearUrl: string;
  readonly pid: number;
  readonly port: number;
  /** Resolves when the server ends, asked or not. */
  readonly exited: Promise<void>;
  /** Fast shutdown: open transactions are rolled back, all that was committed is on disk. */
  stop(): Promise<void>;
}

const START_MS = 30_000;
const STOP_MS = 5_000;
const ATTEMPTS = 20;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

function settings(port: number, sockets: string, fsync: boolean): string[] {
  const all: Record<string, string | number> = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: sockets,
    max_connections: 200,
    fsync: fsync ? 'on' : 'off',
    // One server without replicas: the write-ahead log need not carry what only a replica reads.
    wal_level: 'minimal',
    max_wal_senders: 0,
    jit: 'off',
    log_checkpoints: 'off',
    logging_collector: 'off',
    timezone: 'UTC',
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${String(value)}`]);
}

function spawnServer(binaries: Binaries, cluster: Cluster, port: number, fsync: boolean, log: ServerLog): ChildProcess {
  const doorway = openDoorway(cluster.folder);
  const sockets = socketFolder(cluster) === undefined ? '' : doorway.path;
  try {
    return spawn(binaries.postgres, ['-D', `${doorway.path}/data`, ...settings(port, sockets, fsync)], {
      ...serverAccount(),
      cwd: '/',
      env: environment(),
      // A session of its own: Ctrl-C in the terminal must not end the database before the services are drained.
      detached: true,
      stdio: ['ignore', log.descriptor, log.descriptor, doorway.descriptor],
    });
  } finally {
    if (doorway.descriptor !== 'ignore') closeSync(doorway.descriptor);
  }
}

/** Resolves true when the server accepts connections, false when it ended before. */
async function becomesReady(child: ChildProcess, data: string): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < START_MS; waitedMs += 10) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return false;
    const postmaster = readPostmaster(data);
    if (postmaster?.pid === child.pid && postmaster.isReady) return true;
    await delay(10);
  }
  await stopServer(data, child.pid ?? 0, STOP_MS);
  return false;
}

/** Worth another try: the free port was taken in between, or processes of a killed server are still going away. */
const isPassing = (said: string, anyPort: boolean): boolean =>
  (anyPort && said.includes('Address already in use')) || said.includes('pre-existing shared memory block');

/**
 * Starts a PostgreSQL of our own on 127.0.0.1 and a socket in its folder, ready for connections when it resolves. Works as root (the server then runs as
 * `nobody`) and as any user, in any folder. A server that an earlier run left behind in the same folder is stopped first, so
 * the caller must know that this run owns the folder.
 *
 * @throws Error with the server's last words
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { port: wanted = 0, fsync = true } = options;
  const dir = resolve(options.dir);
  const binaries = findBinaries();
  const cluster = await prepareCluster(dir, binaries, fsync);
  await clearLeftovers(cluster.data, STOP_MS);
  let said = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = wanted === 0 ? await freePort() : wanted;
    const log = new ServerLog(join(dir, 'postgres.log'));
    const child = spawnServer(binaries, cluster, port, fsync, log);
    const exited = new Promise<void>((resolve) => {
      child.once('exit', () => {
        resolve();
      });
      child.once('error', () => {
        resolve();
      });
    });
    const isReady = await becomesReady(child, cluster.data);
    log.close();
    if (isReady && child.pid !== undefined) {
      child.unref();
      return running(child.pid, port, cluster, exited);
    }
    said = log.tail();
    if (!isPassing(said, wanted === 0)) break;
    await delay(100);
  }
  throw new Error(`PostgreSQL did not start: ${said === '' ? 'it said nothing' : said}`);
}

function running(pid: number, port: number, cluster: Cluster, exited: Promise<void>): EmbeddedPostgres {
  return {
    url: clusterUrl(cluster, port),
    nearUrl: socketUrl(cluster, port),
    pid,
    port,
    exited,
    stop: async () => {
      await stopServer(cluster.data, pid, STOP_MS);
    },
  };
}
