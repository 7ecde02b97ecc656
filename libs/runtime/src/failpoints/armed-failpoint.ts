import { unlinkSync, existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { FailpointName, Fault } from './plan';

/** What `throw` throws: no ServingError, as a mistake of ours would be none. */
export class FailpointError extends Error {
  constructor(name: FailpointName) {
    super(`The failpoint ${name} threw.`);
    this.name = 'FailpointError';
  }
}

/** One failpoint of a process, and how often it was passed. */
export class ArmedFailpoint {
  private passed = 0;

  constructor(
    private readonly fault: Fault,
    private readonly random: () => number,
  ) {}

  get point(): FailpointName {
    return this.fault.point;
  }

  /** @returns whether it acts at this passing */
  isDue(): boolean {
    const { fuse, at, chance } = this.fault;
    if (fuse !== undefined && !existsSync(fuse)) return false;
    this.passed += 1;
    if (at !== undefined && this.passed !== at) return false;
    if (chance !== undefined && this.random() >= chance) return false;
    return fuse === undefined || blow(fuse);
  }

  /** @returns what has to be waited for, if anything */
  act(): Promise<void> | undefined {
    const { do: action, ms, point } = this.fault;
    switch (action) {
      case 'exit':
        process.kill(process.pid, 'SIGKILL');
        // The signal comes with the next system call or so; nothing of this process may happen in between.
        return new Promise(() => undefined);
      case 'throw':
        throw new FailpointError(point);
      case 'delay':
        return delay(ms);
      case 'block':
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
        return undefined;
    }
  }
}

/** Of several that pass at once one takes the fuse. */
function blow(fuse: string): boolean {
  try {
    unlinkSync(fuse);
    return true;
  } catch {
    return false;
  }
}
