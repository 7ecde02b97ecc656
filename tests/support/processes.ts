import { readFileSync, readdirSync } from 'node:fs';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** The living processes, from /proc; tests that need them run on Linux. */
function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z') return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ pid: Number(name), parent: Number(parent), command }];
      } catch {
        return [];
      }
    });
}

/** Everything that a process has started, and what that has started. */
export function descendants(pid: number): Process[] {
  const all = processes();
  const found: Process[] = [];
  for (const wanted = [pid]; wanted.length > 0;) {
    const parent = wanted.pop();
    for (const child of all.filter((candidate) => candidate.parent === parent)) {
      found.push(child);
      wanted.push(child.pid);
    }
  }
  return found;
}

export const isAlive = (pid: number): boolean => processes().some((candidate) => candidate.pid === pid);

/** The processes whose command line holds a text, such as the folder of a home. */
export const processesWith = (text: string): Process[] => processes().filter(({ command }) => command.includes(text));
