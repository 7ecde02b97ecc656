import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `postmaster.pid` tells: line 1 the pid, line 4 the port, line 8 the state. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

export const postmasterFile = (data: string): string => join(data, 'postmaster.pid');

export function readPostmaster(data: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(postmasterFile(data), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3] ?? 0), isReady: (lines[7] ?? '').trim() === 'ready' };
}
