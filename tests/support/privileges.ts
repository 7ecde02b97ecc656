import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of at most so many megabytes; needs the right to mount. */
export class SmallDisk {
  readonly folder = mkdtempSync(join(tmpdir(), 'medserve-small-disk-'));
  private readonly filler = join(this.folder, 'filler');

  constructor(megabytes: number) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(megabytes)}m,mode=0755`, 'tmpfs', this.folder], {
      stdio: 'pipe',
    });
  }

  /** Takes every byte that is left. */
  fill(): void {
    const piece = Buffer.alloc(64 * 1024);
    for (let isFull = false; !isFull;) {
      try {
        writeFileSync(this.filler, piece, { flag: 'a' });
      } catch {
        isFull = true;
      }
    }
  }

  free(): void {
    rmSync(this.filler, { force: true });
  }

  remove(): void {
    execFileSync('umount', ['-l', this.folder], { stdio: 'pipe' });
    rmdirSync(this.folder);
  }

  /** @throws Error with the reason where none can be made */
  static probe(): void {
    new SmallDisk(1).remove();
  }
}

const MEMORY_GROUPS = '/sys/fs/cgroup/memory';

/** Ends a process that takes more memory: a control group (version 1) with so many bytes for what it takes from now on. */
export class MemoryLimit {
  private readonly folder = join(MEMORY_GROUPS, `medserve-test-${String(process.pid)}`);

  constructor(bytes: number) {
    mkdirSync(this.folder);
    writeFileSync(join(this.folder, 'memory.limit_in_bytes'), String(bytes));
  }

  put(pid: number): void {
    writeFileSync(join(this.folder, 'cgroup.procs'), String(pid));
  }

  remove(): void {
    rmdirSync(this.folder);
  }

  /** @throws Error with the reason where none can be made */
  static probe(): void {
    new MemoryLimit(64 * 2 ** 20).remove();
  }
}

const FAKETIME = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`);

/** The environment of a process whose wall clock is off by `offset`, such as `-1h`; its monotonic clock is not. */
export function wrongClock(offset: string): Record<string, string> {
  const library = FAKETIME.find((path) => existsSync(path));
  if (library === undefined) throw new Error('libfaketime is not installed (Debian package faketime)');
  return { LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' };
}
