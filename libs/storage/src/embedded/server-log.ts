import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';

const KEPT_BYTES = 16 * 1024 * 1024;

/** The server's log file: it outlives the process that started the server, so the server never writes into a closed pipe. */
export class ServerLog {
  private readonly from: number;
  readonly descriptor: number;

  constructor(private readonly path: string) {
    let size = 0;
    try {
      size = statSync(path).size;
      if (size > KEPT_BYTES) {
        renameSync(path, `${path}.1`);
        size = 0;
      }
    } catch {
      // There is none yet.
    }
    this.from = size;
    this.descriptor = openSync(path, 'a', 0o600);
  }

  /** What was written since this object was made: its last lines. */
  tail(lines = 8): string {
    return readFileSync(this.path).subarray(this.from).toString('utf8').trim().split('\n').slice(-lines).join('\n');
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
