import { readdirSync, readFileSync } from 'node:fs';

/** Place of the nice value among the fields of proc_pid_stat(5) behind the name in brackets, from 0. */
const NICE = 16;

function niceOf(task: string): number {
  const text = readFileSync(`${task}/stat`, 'utf8');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[NICE]);
}

/** Nice values of all threads of a process, that of its main thread, whose id is the process's, first. On Linux alone. */
export function niceOfThreads(pid: number): number[] {
  const tasks = `/proc/${String(pid)}/task`;
  const others = readdirSync(tasks).filter((thread) => thread !== String(pid));
  return [String(pid), ...others].map((thread) => niceOf(`${tasks}/${thread}`));
}
