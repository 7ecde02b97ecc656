// A run of Jest in a process group of its own, so that nothing its tests start is left. Jest waits for what its tests leave open, a
// browser or a socket, for as long as that lives: a run that has written its results and does not end is ended here, and is not green.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './install.mjs';
import { endGroup } from './real/processes.mjs';

/** Between the results and the end of a run that leaves nothing open it takes a second. */
const LINGER_MS = 30_000;

/**
 * @param {readonly string[]} options of Jest
 * @param {object} rest
 * @param {string} rest.written where the results go, a new path
 * @param {Record<string, string | undefined>} [rest.env]
 * @param {(text: string) => void} [rest.say]
 * @param {number} [rest.lingerMs]
 * @param {readonly string[]} [rest.command] what is run in the place of Jest
 * @returns {{ outcome: Promise<{ code: number, results: object | undefined }>, end: () => Promise<void> }}
 */
export function startJest(options, { written, env = process.env, say = console.log, lingerMs = LINGER_MS, command }) {
  const [program, ...words] = command ?? [process.execPath, join(root, 'node_modules', 'jest', 'bin', 'jest.js')];
  const child = spawn(program, [...words, ...options, '--json', `--outputFile=${written}`], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const end = () => (child.pid === undefined ? Promise.resolve() : endGroup(child.pid));
  const exited = new Promise((resolve) => {
    child.once('exit', (status) => resolve(status ?? 1));
    child.once('error', () => resolve(1));
  });
  let lingerer;
  const watch = setInterval(() => {
    if (!existsSync(written)) return;
    clearInterval(watch);
    lingerer = setTimeout(() => {
      say(
        '\n=== Jest has written its results and does not end: a test left something open. It is ended, and the run is red.',
      );
      void end();
    }, lingerMs);
  }, 200);
  const outcome = exited.then(async (code) => {
    clearInterval(watch);
    clearTimeout(lingerer);
    await end();
    return { code, results: existsSync(written) ? JSON.parse(readFileSync(written, 'utf8')) : undefined };
  });
  return { outcome, end };
}
