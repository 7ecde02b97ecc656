import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ReadyMessage, StartMessage } from '@medserve/runtime';
import { codeCache } from '../package';
import type { LogFile } from './log-file';

export interface ChildPlan {
  readonly name: string;
  /** The compiled entry. */
  readonly entry: string;
  /** Megabytes that its heap may take; also how much garbage in buffers may lie around before it is collected. */
  readonly heapMb: number;
}

export interface ChildHooks {
  readonly log: LogFile;
  readonly onLine: (name: string, line: string) => void;
  readonly onDeath: (name: string, how: string) => void;
}

/*
 * Measured for big buffers (bench/README.md): concurrent marking stalls more than it helps in small heaps; and without the
 * third, V8 collects the whole heap whenever 64 MB of buffers were made since the last time, at 602 kB every 25 requests.
 */
const NODE_FLAGS = ['--single-threaded-gc', '--no-incremental-marking', '--external-memory-accounted-in-global-limit'];
/*
 * The C library gives large memory back to the system as soon as it is free, and touching it anew, 4 kB at a time, costs several
 * times as much as filling it: for a buffer of 64 MB, 40 ms against 10. With these it keeps what it has (mallopt(3)).
 */
const KEEP_MEMORY = 'glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=4294967296';
const KILL_AFTER_MS = 10_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/**
 * A service's process that is kept running: its code loads at once, it starts when it is told its environment, and when it
 * dies it is started again after a pause that doubles, until it is stopped.
 */
export class Child {
  private process: ChildProcess | undefined;
  private environment: Readonly<Record<string, string>> | undefined;
  private isStopping = false;
  private pauseMs = FIRST_PAUSE_MS;

  constructor(
    private readonly plan: ChildPlan,
    private readonly hooks: ChildHooks,
  ) {
    this.process = this.spawn();
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** Resolves when it serves; rejects when it dies before. Later deaths are mended without a word to the caller. */
  start(environment: Readonly<Record<string, string>>): Promise<ReadyMessage['addresses']> {
    this.environment = environment;
    return this.begin();
  }

  /** SIGTERM, and SIGKILL for what has not drained in time. Resolves when the process is gone. */
  async stop(killAfterMs = KILL_AFTER_MS): Promise<void> {
    this.isStopping = true;
    const running = this.process;
    if (running === undefined || hasEnded(running)) return;
    const gone = new Promise<void>((resolve) =>
      running.once('exit', () => {
        resolve();
      }),
    );
    running.kill('SIGTERM');
    const killer = setTimeout(() => running.kill('SIGKILL'), killAfterMs);
    await gone;
    clearTimeout(killer);
  }

  private begin(): Promise<ReadyMessage['addresses']> {
    const child = (this.process ??= this.spawn());
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null, signal: string | null): void => {
        reject(new Error(`${this.plan.name} ended before it served (${describe(code, signal)})`));
      };
      // Its code is loaded before it is told to start: what ended while the database was starting says so only here.
      if (hasEnded(child)) {
        onExit(child.exitCode, child.signalCode);
        return;
      }
      child.once('exit', onExit);
      child.once('message', (message: ReadyMessage) => {
        child.off('exit', onExit);
        child.once('exit', (code, signal) => {
          this.onDeath(describe(code, signal));
        });
        this.pauseMs = FIRST_PAUSE_MS;
        resolve(message.addresses);
      });
      child.send({ kind: 'start', environment: this.environment ?? {} } satisfies StartMessage, () => undefined);
    });
  }

  private onDeath(how: string): void {
    this.process = undefined;
    if (this.isStopping) return;
    this.hooks.onDeath(this.plan.name, how);
    this.restartAfterPause();
  }

  private restartAfterPause(): void {
    const pauseMs = this.pauseMs;
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    setTimeout(() => {
      if (this.isStopping) return;
      this.process = undefined;
      this.begin().catch(() => {
        if (!this.isStopping) this.restartAfterPause();
      });
    }, pauseMs).unref();
  }

  private spawn(): ChildProcess {
    const child = fork(this.plan.entry, [], {
      execArgv: [...NODE_FLAGS, `--max-old-space-size=${String(this.plan.heapMb)}`],
      env: { GLIBC_TUNABLES: KEEP_MEMORY, ...process.env, NODE_COMPILE_CACHE: codeCache(this.plan.entry) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.on('error', () => undefined);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.hooks.log.write(line);
        this.hooks.onLine(this.plan.name, line);
      });
    }
    return child;
  }
}

/** Has ended, or was never begun: a fork that the system refused has no pid, and never says `exit`. */
const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null;

const describe = (code: number | null, signal: string | null): string =>
  signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
