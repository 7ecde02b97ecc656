import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FailpointName } from '@medserve/runtime/failpoints';

export interface Failpoint {
  readonly point: FailpointName;
  readonly do: 'exit' | 'throw' | 'delay' | 'block';
  readonly ms?: number;
  readonly at?: number;
}

/** The failpoints of the processes that a test starts: armed from the start, lit one by one, each acting once. */
export class FailpointControl {
  private readonly folder = mkdtempSync(join(tmpdir(), 'medserve-fuses-'));

  constructor(private readonly failpoints: readonly Failpoint[]) {}

  /** What the processes are to find in their environment. */
  get environment(): Record<string, string> {
    const faults = this.failpoints.map((one) => ({ ...one, fuse: this.fuseOf(one.point, one.do) }));
    return { MEDSERVE_FAILPOINTS: JSON.stringify({ faults }), MEDSERVE_FAILPOINTS_ARE_FOR_TESTS: 'yes' };
  }

  /** From now on the next process that passes there fails so, once. */
  light(point: FailpointName, action: Failpoint['do']): void {
    if (!this.failpoints.some((one) => one.point === point && one.do === action))
      throw new Error(`no failpoint ${point} that does ${action}`);
    writeFileSync(this.fuseOf(point, action), '');
  }

  /** Whether no process has failed so since it was lit. */
  isLit(point: FailpointName, action: Failpoint['do']): boolean {
    return existsSync(this.fuseOf(point, action));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private fuseOf(point: string, action: string): string {
    return join(this.folder, `${point}-${action}`);
  }
}
