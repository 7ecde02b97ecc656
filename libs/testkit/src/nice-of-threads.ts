import { readdirSync, readFileSync } from 'node:fs';

/** Fields of proc_pid_stat(5) behind the name in brackets, from 0. */
const PARENT = 1;
const NICE = 16;

const statOf = (path: string): number[] => {
  const text = readFileSync(`${path}/stat`, 'utf8');
  return text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
};

/** Nice values of all threads of a process, that of its main thread, whose id is the process's, first. On Linux alone. */
export function niceOfThreads(pid: number): number[] {
  const tasks = `/proc/${String(pid)}/task`;
  const others = readdirSync(tasks).filter((thread) => thread !== String(pid));
  return [String(pid), ...others].map((thread) => statOf(`${tasks}/${thread}`)[NICE] ?? NaN);
}

/** Processes that a process has started and that live. On Linux alone. */
export const childrenOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((other) => {
      try {
        return statOf(`/proc/${String(other)}`)[PARENT] === pid;
      } catch {
        return false;
      }
    });
