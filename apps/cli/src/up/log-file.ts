import { createWriteStream, renameSync, statSync, type WriteStream } from 'node:fs';

const LIMIT_BYTES = 32 * 1024 * 1024;

/** A service's log on disk: at most two files of 32 MiB, the older one with `.1` at its end. */
export class LogFile {
  private stream: WriteStream;
  private length = 0;
  private lastLines: string[] = [];

  constructor(private readonly path: string) {
    this.length = sizeOf(path);
    this.stream = openLog(path);
  }

  write(line: string): void {
    this.lastLines = [...this.lastLines.slice(-19), line];
    if (this.length > LIMIT_BYTES) {
      this.stream.end();
      renameSync(this.path, `${this.path}.1`);
      this.stream = openLog(this.path);
      this.length = 0;
    }
    this.stream.write(`${line}\n`);
    this.length += line.length + 1;
  }

  /** The end of the log, for an error message. */
  tail(): readonly string[] {
    return this.lastLines;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.stream.end(resolve));
  }
}

/** A log that cannot be written (a full disk, a file of another user) is no reason to stop serving. */
function openLog(path: string): WriteStream {
  return createWriteStream(path, { flags: 'a', mode: 0o600 }).on('error', () => undefined);
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
