import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../bin/medserve.js', import.meta.url));
const READY_WITHIN_MS = 60_000;

/** Starts `medserve up` on a home of its own and free ports of the loopback. */
export async function startPlatform({ folder, repository, shape, nodeOptions }) {
  const readyFile = join(folder, 'ready.json');
  const ports = ['--port', '0', '--grpc-port', '0'];
  const child = spawn(
    process.execPath,
    [
      COMMAND,
      'up',
      '--home',
      join(folder, 'home'),
      '--shape',
      shape,
      ...ports,
      '--models',
      repository,
      '--ready-file',
      readyFile,
    ],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...(nodeOptions === undefined ? {} : { NODE_OPTIONS: nodeOptions }) },
    },
  );
  const gone = once(child, 'exit');
  const giveUpAtMs = performance.now() + READY_WITHIN_MS;
  while (!existsSync(readyFile)) {
    if (child.exitCode !== null) throw new Error('The platform did not start.');
    if (performance.now() > giveUpAtMs) {
      child.kill('SIGINT');
      await gone;
      throw new Error('The platform was not ready in time.');
    }
    await sleep(50);
  }
  const ready = JSON.parse(readFileSync(readyFile, 'utf8'));
  return {
    pid: child.pid,
    grpc: ready.grpc,
    key: ready.key,
    stop: async () => {
      child.kill('SIGINT');
      await gone;
    },
  };
}
