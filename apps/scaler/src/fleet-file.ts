import { isDeepStrictEqual } from 'node:util';
import { loadFleet, type PoolDescription } from '@medserve/fleet';
import type { Logger } from '@medserve/runtime';
import type { Clock } from './clock';

export type FleetListener = (pools: readonly PoolDescription[]) => void;

const LOOK_MS = 2_000;

/**
 * The description of the fleet, read again while it is open. One that cannot be read, as it may be for a moment while it is replaced, or
 * that is wrong changes nothing: the last good one holds.
 */
export class FleetFile {
  private readonly stop: () => void;
  private isWrong = false;

  private constructor(
    private readonly path: string,
    private current: readonly PoolDescription[],
    private readonly onChange: FleetListener,
    clock: Clock,
    private readonly logger: Logger,
  ) {
    this.stop = clock.every(LOOK_MS, () => void this.look());
  }

  /** @throws ServingError `invalid_request`; what the file system says when there is no such file */
  static async open(
    path: string,
    { onChange, clock, logger }: { readonly onChange: FleetListener; readonly clock: Clock; readonly logger: Logger },
  ): Promise<FleetFile> {
    return new FleetFile(path, await loadFleet(path), onChange, clock, logger);
  }

  get pools(): readonly PoolDescription[] {
    return this.current;
  }

  /** Reads it now. */
  async look(): Promise<void> {
    try {
      const found = await loadFleet(this.path);
      this.isWrong = false;
      if (isDeepStrictEqual(found, this.current)) return;
      this.current = found;
    } catch (error) {
      if (!this.isWrong)
        this.logger.warn('the description of the fleet cannot be used; the last good one holds', { error });
      this.isWrong = true;
      return;
    }
    this.onChange(this.current);
  }

  close(): void {
    this.stop();
  }
}
