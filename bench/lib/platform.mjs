import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const COMMAND = fileURLToPath(new URL('../../bin/medserve.js', import.meta.url));
const READY_WITHIN_MS = 120_000;
/** Twice what the platform promises. */
const STOPPED_WITHIN_MS = 30_000;

/**
 * Starts `medserve up` on a home of its own and free ports of the loopback.
 *
 * @param home a folder of its own
 * @param repositories folders with models
 * @param environment further settings
 * @param options further options of `up`
 */
export async function startPlatform({ home, repositories, shape, environment = {}, options = [] }) {
  const readyFile = `${home}.ready.json`;
  const models = repositories.flatMap((folder) => ['--models', folder]);
  const ports = ['--port', '0', '--grpc-port', '0'];
  const child = spawn(
    process.execPath,
    [COMMAND, 'up', '--home', home, '--shape', shape, ...ports, ...models, ...options, '--ready-file', readyFile],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...environment } },
  );
  let lastWords = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    lastWords = (lastWords + text).slice(-2_000);
  });
  const gone = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGINT');
    let cut;
    const late = new Promise((resolve) => {
      cut = setTimeout(resolve, STOPPED_WITHIN_MS, 'late');
    });
    const how = await Promise.race([gone, late]);
    clearTimeout(cut);
    if (how !== 'late') return;
    child.kill('SIGKILL');
    throw new Error('The platform did not stop.');
  };
  const giveUpAtMs = performance.now() + READY_WITHIN_MS;
  while (!existsSync(readyFile)) {
    if (child.exitCode !== null) throw new Error(`The platform did not start:\n${lastWords}`);
    if (performance.now() > giveUpAtMs) {
      await stop();
      throw new Error(`The platform was not ready in time:\n${lastWords}`);
    }
    await sleep(50);
  }
  const { grpc, url, key, dimse } = JSON.parse(readFileSync(readyFile, 'utf8'));
  const { databaseUrl } = JSON.parse(readFileSync(join(home, 'running.json'), 'utf8'));
  return { pid: child.pid, grpc, url, key, dimse, databaseUrl, stop };
}
