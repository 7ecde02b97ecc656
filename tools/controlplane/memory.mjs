import { readFileSync } from 'node:fs';

/** Resident memory of processes in MiB, by their names; nothing of one that cannot be asked (ended, or not on Linux). */
export function residentMib(pids) {
  const entries = Object.entries(pids).flatMap(([name, pid]) => {
    try {
      const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
      return [[name, Math.round(Number(kib) / 1024)]];
    } catch {
      return [];
    }
  });
  return Object.fromEntries(entries);
}
