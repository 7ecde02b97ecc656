// One build at a time. The same idea as apps/cli/src/home/lock.ts, which is not built yet when this is needed.
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MS = 100;

/** Clock ticks since boot at which a process started (proc(5), `stat` field 22); empty where there is no /proc. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive({ pid, startedAt }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return startedAt === startOf(pid);
}

/** The pid of the living process that holds a lock; undefined: it is free, or its holder was killed. */
function holderOf(path) {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8'));
    return isAlive(holder) ? holder.pid : undefined;
  } catch {
    return undefined;
  }
}

/** Makes the lock appear whole, so that nobody reads half of it and takes its holder for dead. */
function linked(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** Moves the lock of a dead process away before it is judged for the last time: it may have become another's in between. */
function removeStale(path) {
  const aside = `${path}.${randomUUID()}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (holderOf(aside) !== undefined) linked(aside, path);
  rmSync(aside, { force: true });
}

/**
 * Does some work while no other process does any under the same lock. The lock of a process that was killed is taken over.
 *
 * @param {string} path of the lock file, whose folder exists
 * @param {() => Promise<T>} work
 * @param {(pid: number) => void} onWait is told, once, whose end is waited for
 * @returns {Promise<T>}
 * @template T
 */
export async function underLock(path, work, onWait = () => undefined) {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) }));
  try {
    for (let isTold = false; !linked(draft, path);) {
      const holder = holderOf(path);
      if (holder === undefined) {
        removeStale(path);
        continue;
      }
      if (!isTold) onWait(holder);
      isTold = true;
      await delay(LOOK_MS);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}
