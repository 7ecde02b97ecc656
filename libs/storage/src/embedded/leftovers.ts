import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { postmasterFile, readPostmaster } from './postmaster-file';

const POLL_MS = 10;

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false; // It ended in between, or is somebody else's.
  }
}

/**
 * Processes of a server on this data folder. They are told by their working folder, not by the pid file: a pid may have been
 * given to another program since (after a reboot of a container it often is), and that one must live.
 */
export function processesOn(data: string): number[] {
  if (process.platform !== 'linux') {
    const pid = readPostmaster(data)?.pid;
    if (pid === undefined) return [];
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(data)
      ? [pid]
      : [];
  }
  if (!existsSync(data)) return [];
  const folder = realpathSync(data);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Waits until `pid` works no more on `data`; a dead process that nobody reaps has no working folder and counts as gone. */
async function isGoneWithin(data: string, pid: number, graceMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < graceMs; waitedMs += POLL_MS) {
    if (!processesOn(data).includes(pid)) return true;
    await delay(POLL_MS);
  }
  return false;
}

/** Ends a server: fast shutdown (SIGINT); when that takes longer than `graceMs` an immediate one (SIGQUIT), then SIGKILL. */
export async function stopServer(data: string, pid: number, graceMs: number): Promise<void> {
  for (const name of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    signal(pid, name);
    if (await isGoneWithin(data, pid, graceMs)) return;
  }
}

/**
 * Ends what an earlier run left behind on this data folder, and takes away a pid file whose pid now belongs to another program:
 * PostgreSQL itself would refuse to start on it. After a kill -9 of the postmaster its orphans go too, before a new server writes.
 */
export async function clearLeftovers(data: string, graceMs: number): Promise<void> {
  const left = readPostmaster(data);
  if (left !== undefined && processesOn(data).includes(left.pid)) await stopServer(data, left.pid, graceMs);
  for (const orphan of processesOn(data)) {
    signal(orphan, 'SIGKILL');
    await isGoneWithin(data, orphan, graceMs);
  }
  const stale = readPostmaster(data);
  if (stale !== undefined && signal(stale.pid, 0)) rmSync(postmasterFile(data), { force: true });
}
