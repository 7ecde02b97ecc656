import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ReadyMessage, StartMessage } from '@medserve/runtime';
import { ROOT } from './platform';

export type App = 'gateway' | 'router' | 'inference' | 'recorder' | 'scaler' | 'monitor';
type Environment = Readonly<Record<string, string>>;

/** One service as a process of its own, with nobody who starts it again but the test. */
export class ServiceProcess {
  private child: ChildProcess | undefined;
  private said: string[] = [];
  addresses: ReadyMessage['addresses'] = {};

  /** @param inherited what the process and all that it starts find in their environment */
  constructor(
    private readonly app: App,
    private readonly settings: Environment,
    private readonly inherited: Environment = {},
  ) {}

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** What it logged, for a failed test. */
  get output(): string {
    return this.said.join('');
  }

  /** Resolves when it serves. */
  async start(): Promise<void> {
    const child = fork(join(ROOT, 'dist', `${this.app}.js`), [], {
      env: { ...process.env, ...this.inherited },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child = child;
    child.stderr?.on('data', (chunk: Buffer) => this.said.push(chunk.toString()));
    child.send({ kind: 'start', environment: this.settings } satisfies StartMessage);
    const ended = once(child, 'exit').then(() => {
      throw new Error(`the ${this.app} did not start:\n${this.output}`);
    });
    ended.catch(() => undefined);
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [ReadyMessage];
    this.addresses = message.addresses;
  }

  /** Resolves when it has ended, with its exit status; null after a signal. */
  async ended(): Promise<number | null> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const [status] = (await once(child, 'exit')) as [number | null];
    return status;
  }

  /** kill -9; resolves when it is gone. */
  async kill(): Promise<void> {
    const ended = this.ended();
    this.child?.kill('SIGKILL');
    await ended;
  }

  /** SIGTERM; resolves when it has drained and ended, with its exit status. */
  async stop(): Promise<number | null> {
    const ended = this.ended();
    this.child?.kill('SIGCONT');
    this.child?.kill('SIGTERM');
    return ended;
  }

  /** SIGSTOP: frozen, and unaware of it. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }
}
