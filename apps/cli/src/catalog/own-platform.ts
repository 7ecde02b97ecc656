import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '../package';
import type { Ready } from '../home/ready';

const START_MS = 120_000;
const LOOK_EVERY_MS = 100;
const MAX_WORDS = 16_384;

/** A platform for one check, started as a user starts it: on free ports, with a home that goes with it. */
export class OwnPlatform {
  private constructor(
    readonly ready: Ready,
    private readonly child: ChildProcess,
  ) {}

  /** @throws Error with what it said last when it does not start */
  static async start(folder: string, models: string): Promise<OwnPlatform> {
    const readyFile = join(folder, 'ready.json');
    const child = spawn(
      process.execPath,
      [
        ...[command(), 'up', '--home', join(folder, 'home'), '--port', '0', '--grpc-port', '0'],
        ...['--models', models, '--ready-file', readyFile],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-MAX_WORDS)));
    }
    const givesUpAtMs = performance.now() + START_MS;
    while (!existsSync(readyFile)) {
      if (child.exitCode !== null || performance.now() > givesUpAtMs) {
        child.kill('SIGKILL');
        throw new Error(`the platform for the check did not start:\n${said}`);
      }
      await sleep(LOOK_EVERY_MS);
    }
    return new OwnPlatform(JSON.parse(readFileSync(readyFile, 'utf8')) as Ready, child);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((ended) => this.child.once('exit', ended));
    this.child.kill('SIGINT');
    await gone;
  }
}
