import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK']).toString());

/** Which part of the platform a command line belongs to. */
const ROLES = [
  ['gateway', /apps\/gateway\/dist\/main\.js/],
  ['router', /apps\/router\/dist\/main\.js/],
  ['host', /host-main\.js/],
  ['agent', /apps\/inference\/dist\/main\.js/],
  ['recorder', /apps\/recorder\/dist\/main\.js/],
  ['platform', /platform-main\.js/],
  ['postgres', /postgres/],
];

const roleOf = (commandLine) => ROLES.find(([, pattern]) => pattern.test(commandLine))?.[0] ?? 'other';

/** Parent and CPU time (user and system, its threads included) of a process; undefined when it is gone. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name in brackets, may hold anything; the numbers begin behind the last bracket (proc_pid_stat(5)).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const cpuMs = ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
    return {
      parent: Number(fields[1]),
      cpuMs,
      role: roleOf(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')),
    };
  } catch {
    return undefined;
  }
}

/** CPU milliseconds so far of `root` and all its descendants, summed by role. */
export function cpuByRole(root) {
  const all = new Map();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? statOf(Number(entry)) : undefined;
    if (stat) all.set(Number(entry), stat);
  }
  const isOurs = (pid) => pid === root || (all.has(pid) && isOurs(all.get(pid).parent));
  const sums = {};
  for (const [pid, { cpuMs, role }] of all) if (isOurs(pid)) sums[role] = (sums[role] ?? 0) + cpuMs;
  return sums;
}

/** What was used between two readings, in milliseconds a request. */
export const cpuPerRequest = (before, after, requests) =>
  Object.fromEntries(Object.entries(after).map(([role, ms]) => [role, (ms - (before[role] ?? 0)) / requests]));
