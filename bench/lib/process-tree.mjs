import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK']).toString());
const toMs = (ticks) => (Number(ticks) * 1000) / TICKS_PER_SECOND;

/** Which part of the platform a command line belongs to. */
const ROLES = [
  ['gateway', /dist\/gateway\.js/],
  ['router', /dist\/router\.js/],
  ['host', /host-main\.js/],
  ['agent', /dist\/inference\.js/],
  ['recorder', /dist\/recorder\.js/],
  ['platform', /dist\/platform\.js/],
  ['postgres', /postgres/],
];

const roleOf = (commandLine) => ROLES.find(([, pattern]) => pattern.test(commandLine))?.[0] ?? 'other';

/** Undefined when the process is gone. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name in brackets, may hold anything; the numbers begin behind the last bracket (proc_pid_stat(5)).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return {
      parent: Number(fields[1]),
      /** User and system time, its threads included. */
      cpuMs: toMs(fields[11]) + toMs(fields[12]),
      startedAt: Number(fields[19]),
      /** Of its children that ended and were waited for. */
      endedChildrenMs: toMs(fields[13]) + toMs(fields[14]),
      role: roleOf(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')),
    };
  } catch {
    return undefined;
  }
}

/** `root` and all its descendants. */
function treeOf(root) {
  const all = new Map();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? statOf(Number(entry)) : undefined;
    if (stat) all.set(Number(entry), stat);
  }
  const isOurs = (pid) => pid === root || (all.has(pid) && isOurs(all.get(pid).parent));
  return [...all].filter(([pid]) => isOurs(pid)).map(([pid, stat]) => ({ pid, ...stat }));
}

/** CPU milliseconds so far of `root` and all its descendants, summed by role; those that ended (workers of a vacuum, say) with their parent. */
export function cpuByRole(root) {
  const sums = {};
  for (const { cpuMs, endedChildrenMs, role } of treeOf(root)) sums[role] = (sums[role] ?? 0) + cpuMs + endedChildrenMs;
  return sums;
}

/** The processes of a role under `root`, the youngest first. */
export const processesOf = (root, wanted) =>
  treeOf(root)
    .filter(({ role }) => role === wanted)
    .sort((one, other) => other.startedAt - one.startedAt || other.pid - one.pid)
    .map(({ pid }) => pid);

/** CPU milliseconds so far of `root` and all its descendants, those that ended included. */
export const cpuOfTree = (root) =>
  treeOf(root).reduce((sum, { cpuMs, endedChildrenMs }) => sum + cpuMs + endedChildrenMs, 0);

/**
 * Numbers of the cores that this process, and what it starts, may run on: `taskset` leaves fewer than the machine has, as `0-1,4` of
 * proc_pid_status(5).
 */
export function allowedCores() {
  const [, list] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** CPU milliseconds so far of the cores that may be used, whoever used them: all that was not idle. */
export function cpuOfCores(cores) {
  const allowed = new Set(cores.map((core) => `cpu${core}`));
  const lines = readFileSync('/proc/stat', 'utf8').split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([name]) => allowed.has(name))
    .map((fields) => {
      // user nice system idle iowait irq softirq steal; guest time is part of user's (proc_stat(5)).
      const [user, nice, system, , , irq, softirq, steal] = fields.slice(1);
      return [user, nice, system, irq, softirq, steal].reduce((sum, ticks) => sum + toMs(ticks), 0);
    })
    .reduce((sum, ms) => sum + ms, 0);
}

/** What was used between two readings, in milliseconds a request. */
export const cpuPerRequest = (before, after, requests) =>
  Object.fromEntries(Object.entries(after).map(([role, ms]) => [role, (ms - (before[role] ?? 0)) / requests]));

const ROAD = ['gateway', 'router', 'host', 'platform'];

/** The road of a request: what the targets of CPU speak of. The gateway's share of the record is in it. */
export const roadMs = (cpu) => ROAD.reduce((sum, role) => sum + (cpu[role] ?? 0), 0);

/** Every process of the platform, the recorder and PostgreSQL too. */
export const allMs = (cpu) => Object.values(cpu).reduce((sum, ms) => sum + ms, 0);
