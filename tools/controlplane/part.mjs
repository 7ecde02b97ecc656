import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { end, hasEnded } from '../real/processes.mjs';
import { leash, unleash } from './leash.mjs';

const READY_WITHIN_MS = 180_000;
const ASK_EVERY_MS = 100;
const LAST_LINES = 15;

/** One program of the control plane, with its log in a file. */
export class Part {
  #child;

  /** @param isReady asked again and again until it resolves to true */
  constructor({ program, args, log, environment = {}, isReady = () => Promise.resolve(true) }) {
    this.name = basename(program);
    Object.assign(this, { program, args, log, environment, isReady });
  }

  get pid() {
    return this.#child?.pid;
  }

  /** Resolves when it is ready. */
  async start() {
    const log = openSync(this.log, 'a');
    // A session of its own: Ctrl-C in the terminal must not end it before the tests.
    this.#child = spawn(this.program, this.args, {
      detached: true,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...this.environment },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#child.once('error', () => undefined);
    const { pid } = this.#child;
    if (pid !== undefined) {
      leash(pid);
      this.#child.once('exit', () => unleash(pid));
    }
    const givesUpAt = performance.now() + READY_WITHIN_MS;
    while (!(await this.isReady().catch(() => false))) {
      if (hasEnded(this.#child)) throw new Error(`${this.name} ended before it was ready:\n${this.#tail()}`);
      if (performance.now() > givesUpAt) throw new Error(`${this.name} was not ready in time:\n${this.#tail()}`);
      await delay(ASK_EVERY_MS);
    }
  }

  async stop() {
    if (this.#child !== undefined) await end(this.#child, 'SIGTERM');
  }

  /** kill -9. */
  async kill() {
    if (this.#child !== undefined) await end(this.#child, 'SIGKILL');
  }

  #tail() {
    return readFileSync(this.log, 'utf8').trim().split('\n').slice(-LAST_LINES).join('\n');
  }
}
