import { fork, type ChildProcess } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { ServingError } from '@medserve/errors';
import type { HostReport } from '@medserve/serving';
import { doorToEnvironment, type HostDoor } from '../host/host-door';
import type { FromHost, HostServing, ToHost } from '../host/messages';
import type { LoadOrder, ModelHost } from './model-host';

/** Compiled and bundled, wherever this file itself runs from: a host is a bare Node process, and a cold model waits for its start. */
const HOST_ENTRY = join(__dirname, '..', '..', 'dist', 'bundle', 'host', 'host-main.js');

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

/** Keeps free memory instead of giving it back (mallopt(3)): touching it anew costs several times as much as filling it. */
const KEEP_MEMORY = 'glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=4294967296';

/** Share of the grace after which a leaving host begins nothing more: what still waits then is better begun elsewhere than cut off. */
const BEGIN_UNTIL = 0.75;

/** What is needed of a child process. */
export type HostChild = Pick<ChildProcess, 'pid' | 'connected' | 'kill' | 'send'> & Pick<EventEmitter, 'on' | 'once'>;

/** What a host has of its pod. */
export interface HostPlace {
  /** Folder of the pod alone, where its hosts leave compiled code for those that start after them. */
  readonly codeCache: string;
  readonly door: HostDoor;
  /** The pod's own: its hosts serve as parts of it. */
  readonly tlsDirectory?: string | undefined;
  /** Says where the servers of pools are. */
  readonly poolsFile?: string | undefined;
}

/** A model host's process, from waiting to its end. */
export class HostProcess implements ModelHost {
  onReport: () => void = () => undefined;
  onWriting: ModelHost['onWriting'] = () => undefined;
  onSpans: ModelHost['onSpans'] = () => undefined;
  readonly exited: Promise<void>;
  readonly turnsAway: Promise<void>;
  private last: HostReport | undefined;
  private heldBytes = 0;
  private settle: ((outcome: HostServing | ServingError) => void) | undefined;
  private hasExited = false;
  private turnAway: () => void = () => undefined;

  constructor(private readonly child: HostChild) {
    this.exited = new Promise((resolve) => {
      const ended = (): void => {
        this.hasExited = true;
        this.settle?.(new ServingError('unavailable', 'The process of the model ended while it was loading.'));
        resolve();
      };
      this.child.once('exit', ended);
      // A message or a signal that did not get through is no end: only a process that was never started says nothing else.
      this.child.on('error', () => {
        if (this.child.pid === undefined) ended();
      });
    });
    this.turnsAway = new Promise((resolve) => {
      this.turnAway = resolve;
      void this.exited.then(resolve);
    });
    this.child.on('message', (message: FromHost) => {
      this.hear(message);
    });
  }

  static start({ codeCache, door, tlsDirectory = '', poolsFile = '' }: HostPlace): HostProcess {
    return new HostProcess(
      fork(HOST_ENTRY, [], {
        execArgv: V8_FLAGS,
        env: {
          GLIBC_TUNABLES: KEEP_MEMORY,
          ...process.env,
          NODE_COMPILE_CACHE: codeCache,
          MEDSERVE_TLS_DIR: tlsDirectory,
          MEDSERVE_POOLS_FILE: poolsFile,
          ...doorToEnvironment(door),
        },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      }),
    );
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get alive(): boolean {
    return !this.hasExited;
  }

  get report(): HostReport | undefined {
    return this.last;
  }

  get residentBytes(): number {
    return this.heldBytes;
  }

  async load({ timeoutMs, ...order }: LoadOrder): Promise<HostServing> {
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
      else this.tell({ kind: 'load', ...order });
    });
    this.settle = undefined;
    if (!(outcome instanceof ServingError)) return outcome;
    this.kill();
    throw outcome;
  }

  async drain(graceMs: number, handBack = false): Promise<void> {
    this.tell({ kind: 'drain', handBack });
    const giveBack = setTimeout(() => {
      if (!handBack) this.tell({ kind: 'drain', handBack: true });
    }, BEGIN_UNTIL * graceMs);
    const cut = setTimeout(() => {
      this.kill();
    }, graceMs);
    await this.exited;
    clearTimeout(giveBack);
    clearTimeout(cut);
  }

  kill(): void {
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
      case 'loading':
        this.heldBytes = message.residentBytes;
        this.onReport();
        return;
      case 'turning-away':
        this.turnAway();
        return;
      case 'spans':
        this.onSpans(message);
        return;
      case 'report': {
        const { inFlight, queued, idleForMs, running, abandonedForMs, residentBytes, writing } = message;
        const heardAtMs = performance.now();
        this.heldBytes = residentBytes;
        this.last = {
          heardAtMs,
          inFlight,
          queued,
          lastUsedAtMs: heardAtMs - idleForMs,
          running: running && { sinceMs: heardAtMs - running.forMs, deadlineMs: running.deadlineMs },
          abandonedSinceMs: abandonedForMs === undefined ? undefined : heardAtMs - abandonedForMs,
          residentBytes,
        };
        if (writing) this.onWriting(writing);
        this.onReport();
      }
    }
  }
}
