import { readFileSync, rmSync, writeFileSync } from 'node:fs';

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
 * Takes a home for this process; a lock whose holder is dead is taken over.
 *
 * @returns how to give it back
 * @throws HomeInUseError when another process holds it
 */
export function lockHome(path: string): () => void {
  const mine: Holder = { pid: process.pid, startedAt: startOf(process.pid) };
  for (;;) {
    try {
      writeFileSync(path, JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
      return () => {
        rmSync(path, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = holderOf(path);
    if (holder !== undefined) throw new HomeInUseError(holder.pid);
    rmSync(path, { force: true });
  }
}
