import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Who holds a home: the pid, and when that process started, so that a reused pid is not taken for it. */
interface Holder {
  readonly pid: number;
  readonly startedAt: string;
}

export class HomeInUseError extends Error {
  constructor(readonly pid: number) {
    super(`medserve is already running on this home (pid ${String(pid)}).`);
    this.name = 'HomeInUseError';
  }
}

/** Clock ticks since boot at which a process started (proc(5), `stat` field 22); empty where there is no /proc. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startedAt === startOf(pid);
}

export function holderOf(path: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Holder;
    return isAlive(holder) ? holder : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Takes a home for this process; a lock whose holder is dead is taken over. The lock appears whole, by a link that only one
 * process can make, so nobody reads half of it and takes its holder for dead.
 *
 * @returns how to give it back
 * @throws HomeInUseError when another process holds it
 */
export function lockHome(path: string): () => void {
  const mine: Holder = { pid: process.pid, startedAt: startOf(process.pid) };
  const draft = `${path}.${String(process.pid)}`;
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    while (!linked(draft, path)) removeStale(path);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    rmSync(path, { force: true });
  };
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** Moves a stale lock away before it is judged for the last time: it may have become another process's in between. */
function removeStale(path: string): void {
  const holder = holderOf(path);
  if (holder !== undefined) throw new HomeInUseError(holder.pid);
  const aside = `${path}.${String(process.pid)}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = holderOf(aside);
  if (moved !== undefined) linked(aside, path);
  rmSync(aside, { force: true });
  if (moved !== undefined) throw new HomeInUseError(moved.pid);
}
