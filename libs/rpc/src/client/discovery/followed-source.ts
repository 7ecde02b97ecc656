import { watch as watchFolder, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import { toServingError, type ServingError } from '@medserve/errors';
import type { AddressSource } from './address-source';
import { readSource } from './read-source';
import type { ResolveHost } from './resolve-host';

export interface SourceEvents {
  readonly onChange: () => void;
  /** The source cannot be read, for the second time in a row; `undefined`: it can again. What was known of it is kept. */
  readonly onProblem: (source: AddressSource, error: ServingError | undefined) => void;
}

/** A single failure is no news: a file may just be written, a name server start again. */
const FAILURES_OF_A_PROBLEM = 2;

/** One source of addresses, read again and again. */
export class FollowedSource {
  /** `undefined`: not read yet. */
  addresses: readonly string[] | undefined;
  private failures = 0;
  private wasEmpty = false;
  private timer: NodeJS.Timeout | undefined;
  private folder: FSWatcher | undefined;
  private isReading = false;
  private isStale = false;
  private isClosed = false;

  constructor(
    private readonly source: AddressSource,
    private readonly events: SourceEvents,
    private readonly resolveHost: ResolveHost,
    private readonly everyMs: number,
  ) {
    if (source.kind === 'fixed') {
      this.addresses = [source.address];
      return;
    }
    if (source.kind === 'file') this.followFile(source.path);
    void this.read();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.folder?.close();
  }

  private async read(): Promise<void> {
    if (this.isReading) {
      this.isStale = true;
      return;
    }
    clearTimeout(this.timer);
    this.isReading = true;
    try {
      this.succeeded(await readSource(this.source, this.resolveHost));
    } catch (error) {
      this.failed(toServingError(error));
    }
    this.isReading = false;
    if (this.isClosed) return;
    const afterMs = this.isStale ? 0 : this.everyMs;
    this.isStale = false;
    this.timer = setTimeout(() => void this.read(), afterMs);
  }

  private succeeded(addresses: readonly string[]): void {
    if (this.isClosed) return;
    if (this.failures >= FAILURES_OF_A_PROBLEM) this.events.onProblem(this.source, undefined);
    this.failures = 0;
    const known = this.addresses;
    const isEmpty = this.source.kind === 'dns' && addresses.length === 0;
    // A name server that has just started knows of no name yet: that nobody is there has to be said twice.
    const isBelieved = !isEmpty || this.wasEmpty || known === undefined;
    this.wasEmpty = isEmpty;
    if (!isBelieved || (known?.length === addresses.length && known.every((one, index) => one === addresses[index])))
      return;
    this.addresses = addresses;
    this.events.onChange();
  }

  private failed(error: ServingError): void {
    if (this.isClosed) return;
    this.failures += 1;
    if (this.failures === FAILURES_OF_A_PROBLEM) this.events.onProblem(this.source, error);
  }

  /** Of its folder, as a file that is replaced is another one. What this does not see is seen when the file is read the next time. */
  private followFile(path: string): void {
    try {
      this.folder = watchFolder(dirname(path), { persistent: false }, (_, name) => {
        if (name === basename(path)) void this.read();
      });
      this.folder.on('error', () => undefined);
    } catch {
      this.folder = undefined;
    }
  }
}
