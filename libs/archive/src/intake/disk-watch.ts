import type { DiskRoom } from '../files/file-store';

export interface DiskWatchOptions {
  readonly room: () => Promise<DiskRoom>;
  /** Less than this is too little, and less than this share of the disk. */
  readonly minFreeBytes: number;
  readonly minFreeShare: number;
  readonly now: () => number;
}

/** How old a figure may be. A second of the fastest network is a tenth of what has to stay free. */
const FRESH_MS = 1_000;

/** Whether the disk has room for more. Asks the file system at most once a second. */
export class DiskWatch {
  private known: DiskRoom | undefined;
  private askedAt = -Infinity;
  private asking: Promise<void> | undefined;

  constructor(private readonly options: DiskWatchOptions) {}

  /**
   * As it was last seen.
   *
   * @param coming bytes that are being received and are not on the disk yet
   */
  hasRoomFor(coming: number): boolean {
    const { known } = this;
    if (known === undefined) return true;
    const { minFreeBytes, minFreeShare } = this.options;
    return known.freeBytes - coming >= Math.max(minFreeBytes, known.totalBytes * minFreeShare);
  }

  /** Resolves when the figure is fresh. */
  async look(): Promise<void> {
    if (this.options.now() - this.askedAt >= FRESH_MS) await (this.asking ??= this.ask());
  }

  /** In bytes, as it was last seen. */
  get freeBytes(): number | undefined {
    return this.known?.freeBytes;
  }

  private async ask(): Promise<void> {
    try {
      this.known = await this.options.room();
    } catch {
      // What cannot be asked is found out by writing.
    } finally {
      this.askedAt = this.options.now();
      this.asking = undefined;
    }
  }
}
