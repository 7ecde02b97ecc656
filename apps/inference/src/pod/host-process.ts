import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { ServingError } from '@medserve/errors';
import type { HostReport } from '@medserve/serving';
import type { FromHost, HostServing, ToHost } from '../host/messages';

/** Compiled, wherever this file itself runs from: a host is a bare Node process. */
const HOST_ENTRY = join(__dirname, '..', '..', 'dist', 'host-main.js');

/*
 * Measured (bench/README.md): garbage collection, not copying, is the largest cost of large buffers, and these make it several
 * times cheaper.
 */
const V8_FLAGS = [
  '--single-threaded-gc',
  '--no-incremental-marking',
  '--external-memory-accounted-in-global-limit',
  '--max-old-space-size=1024',
];

/** A model host's process, from waiting to its end. */
export class HostProcess {
  /** Resolves when the process has ended, however. */
  readonly exited: Promise<void>;
  private readonly child: ChildProcess;
  private last: HostReport | undefined;
  private settle: ((outcome: HostServing | ServingError) => void) | undefined;
  private hasExited = false;
  private endAsked = false;

  constructor() {
    this.child = fork(HOST_ENTRY, [], { execArgv: V8_FLAGS, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.exited = new Promise((resolve) => {
      const ended = (): void => {
        this.hasExited = true;
        this.settle?.(new ServingError('unavailable', 'The process of the model ended while it was loading.'));
        resolve();
      };
      this.child.once('exit', ended);
      this.child.once('error', ended);
    });
    this.child.on('message', (message: FromHost) => {
      this.hear(message);
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get alive(): boolean {
    return !this.hasExited;
  }

  /** Whether the agent wanted its end. */
  get ending(): boolean {
    return this.endAsked;
  }

  get report(): HostReport | undefined {
    return this.last;
  }

  /**
   * Resolves when the host serves the model. The process is gone, or on its way out, when this throws.
   *
   * @throws ServingError `model_broken` when the model cannot be loaded; `unavailable` when the process ended: another may do.
   */
  async load(folder: string, { maxQueue, timeoutMs }: { maxQueue: number; timeoutMs: number }): Promise<HostServing> {
    const outcome = await new Promise<HostServing | ServingError>((resolve) => {
      const timer = setTimeout(() => {
        resolve(
          new ServingError('model_broken', 'The model took too long to load.', {
            limit: `load: ${String(timeoutMs)} ms`,
          }),
        );
      }, timeoutMs);
      this.settle = (result) => {
        clearTimeout(timer);
        resolve(result);
      };
      if (this.hasExited) this.settle(new ServingError('unavailable', 'The process of the model ended.'));
      else this.tell({ kind: 'load', folder, maxQueue });
    });
    this.settle = undefined;
    if (!(outcome instanceof ServingError)) return outcome;
    this.kill();
    throw outcome;
  }

  /** Ends the host after its running requests, and without them when they take longer than the grace. */
  async drain(graceMs: number): Promise<void> {
    this.endAsked = true;
    this.tell({ kind: 'drain' });
    const cut = setTimeout(() => {
      this.kill();
    }, graceMs);
    await this.exited;
    clearTimeout(cut);
  }

  kill(): void {
    this.endAsked = true;
    this.child.kill('SIGKILL');
  }

  private tell(message: ToHost): void {
    if (this.child.connected) this.child.send(message);
  }

  private hear(message: FromHost): void {
    switch (message.kind) {
      case 'waiting':
        return;
      case 'serving':
        this.settle?.(message);
        return;
      case 'failed':
        this.settle?.(new ServingError('model_broken', message.detail));
        return;
      case 'report': {
        const { inFlight, idleForMs, running, residentBytes } = message;
        const heardAtMs = performance.now();
        this.last = {
          heardAtMs,
          inFlight,
          lastUsedAtMs: heardAtMs - idleForMs,
          running: running && { sinceMs: heardAtMs - running.forMs, deadlineMs: running.deadlineMs },
          residentBytes,
        };
      }
    }
  }
}
