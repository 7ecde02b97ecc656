import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder } from '../../tools/real/cache.mjs';

const run = promisify(execFile);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const READY_WITHIN_MS = 60_000;
const INSTALL_WITHIN_MS = 300_000;

/** This machine cannot run the peer; the message says why. */
export class NoPeer extends Error {}

/** Python with what requirements.txt names, in a folder that is kept between runs. @throws NoPeer */
async function python(say) {
  const requirements = here('requirements.txt');
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), `bench-fastapi-${digest}`);
  const whole = join(folder, 'whole');
  const found = join(folder, 'bin', 'python');
  if (existsSync(whole)) return found;
  say('installing FastAPI and ONNX Runtime for Python (once)');
  rmSync(folder, { recursive: true, force: true });
  try {
    await run('python3', ['-m', 'venv', folder], { timeout: INSTALL_WITHIN_MS });
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
    await run(found, install, { timeout: INSTALL_WITHIN_MS });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    const words = String(error.stderr ?? error.message)
      .trim()
      .split('\n')
      .at(-1);
    throw new NoPeer(`the peer needs Python 3.11 or newer with venv and pip: ${words}`);
  }
  writeFileSync(whole, '');
  return found;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** Starts the bare server with these models; gives back `{ pid, url, stop }`. @throws NoPeer */
export async function startFastApi(models, say) {
  const interpreter = await python(say);
  const port = await freePort();
  const described = models.map(({ name, file, inputs: [{ name: input, datatype, shape }] }) => [
    name,
    [file, input, datatype, shape],
  ]);
  const child = spawn(interpreter, [here('fastapi_server.py')], {
    cwd: here('.'),
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      BENCH_PORT: String(port),
      BENCH_MODELS: JSON.stringify(Object.fromEntries(described)),
      PYTHONDONTWRITEBYTECODE: '1',
    },
  });
  let lastWords = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    lastWords = (lastWords + text).slice(-1_000);
  });
  const gone = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGINT');
    await gone;
  };
  const giveUpAtMs = performance.now() + READY_WITHIN_MS;
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() > giveUpAtMs) {
      await stop();
      throw new Error(`The FastAPI server did not start:\n${lastWords}`);
    }
    await sleep(100);
  }
  return { pid: child.pid, url: `http://127.0.0.1:${port}`, stop };
}
