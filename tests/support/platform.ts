import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { realServersFor, serversOf } from './real-servers';

export const ROOT = join(__dirname, '..', '..');

export interface Ready {
  readonly pid: number;
  readonly url: string;
  readonly grpc: string;
  readonly key: string;
  readonly home: string;
  /** host:port of the DICOM node, and its title. */
  readonly dimse: string;
  readonly aet: string;
  readonly dicomweb: string;
  /** Where the page is that people look at. */
  readonly console: string;
}

export interface PlatformOptions {
  readonly shape: 'single' | 'split';
  readonly home?: string;
  readonly models?: readonly string[];
  /** How many inference processes there may be, such as `0..2`; absent: always one. */
  readonly pods?: string;
  /** Further options of `medserve up`. */
  readonly options?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Under `npm run test:real` too: the embedded database, and Kafka only where the environment names one. */
  readonly ownServers?: boolean;
}

const START_MS = 60_000;
const END_MS = 20_000;

/** A platform started as a user starts it, on free ports and a home of its own. */
export class Platform {
  private constructor(
    readonly ready: Ready,
    private readonly process: ChildProcess,
    private readonly said: string[],
  ) {}

  static async start(options: PlatformOptions): Promise<Platform> {
    const scratch = mkdtempSync(join(tmpdir(), 'medserve-test-'));
    const readyFile = join(scratch, 'ready.json');
    const home = options.home ?? join(scratch, 'home');
    if (options.ownServers !== true) await realServersFor(resolve(home));
    const child = medserve(
      [
        'up',
        ...['--home', home],
        ...['--port', '0', '--grpc-port', '0', '--dicom-port', '0'],
        ...['--shape', options.shape, '--ready-file', readyFile],
        ...(options.models ?? []).flatMap((folder) => ['--models', folder]),
        ...(options.pods === undefined ? [] : ['--pods', options.pods]),
        ...(options.options ?? []),
      ],
      options.environment,
    );
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const givesUpAt = Date.now() + START_MS;
    while (!existsSync(readyFile)) {
      const hasEnded = child.exitCode !== null || child.signalCode !== null;
      if (hasEnded || Date.now() > givesUpAt) {
        if (!hasEnded) await endOf(child);
        throw new Error(`the platform did not start:\n${said.join('')}`);
      }
      await pause(50);
    }
    return new Platform(JSON.parse(readFileSync(readyFile, 'utf8')) as Ready, child, said);
  }

  get output(): string {
    return this.said.join('');
  }

  /** Ctrl-C. Resolves with the exit status. */
  async stop(): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode;
    const ended = this.ended();
    this.process.kill('SIGINT');
    return ended;
  }

  /** The supervisor is killed; what it had started has to notice by itself. */
  async kill(): Promise<void> {
    const ended = this.ended();
    this.process.kill('SIGKILL');
    await ended;
  }

  /** Stops it and removes its home. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.ready.home, { recursive: true, force: true });
  }

  private ended(): Promise<number | null> {
    return new Promise((resolve) => {
      this.process.once('exit', (code) => {
        resolve(code);
      });
    });
  }
}

/** Ctrl-C, and no more patience than that takes: what the child had started ends with it. */
async function endOf(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  const killer = setTimeout(() => child.kill('SIGKILL'), END_MS);
  await ended;
  clearTimeout(killer);
}

/** Starts the command `medserve` with the Node that runs the tests, on the servers that its home was started with. */
export function medserve(
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const at = parameters.indexOf('--home');
  const servers = at === -1 ? {} : serversOf(resolve(parameters[at + 1] ?? ''));
  return spawn(process.execPath, [join(ROOT, 'bin', 'medserve.js'), ...parameters], {
    cwd: ROOT,
    env: { ...process.env, ...servers, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command `medserve` to its end. */
export const runMedserve = (...parameters: readonly string[]): Promise<Said> => saidBy(medserve(parameters));

/** What a command said, once it has ended. */
export function saidBy(child: ChildProcess): Promise<Said> {
  const parts = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (parts.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (parts.stderr += chunk.toString()));
  return new Promise((resolve) => {
    child.once('close', (status) => {
      resolve({ status, ...parts });
    });
  });
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until something holds; rejects with `what` when it does not in time. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const givesUpAt = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > givesUpAt) throw new Error(`in vain waited for: ${what}`);
    await pause(50);
  }
}
