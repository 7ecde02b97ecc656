import { readFileSync } from 'node:fs';

/** Pids of what the main thread of a process has started, from the kernel's own list; none where the process is gone. On Linux alone. */
export function childrenOf(pid: number): number[] {
  let listed = '';
  try {
    listed = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8');
  } catch {
    // Gone.
  }
  return listed.split(' ').filter(Boolean).map(Number);
}
