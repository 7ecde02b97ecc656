import type { Instruments, Logger } from '@medserve/runtime';
import type { StoreHealth } from './ports';

/** Tells once that the shared quotas are away, and once that they are back; a gauge says which it is. */
export class StoreWatch implements StoreHealth {
  private isAway = false;

  constructor(
    private readonly instruments: Pick<Instruments, 'quotaStoreAway'>,
    private readonly logger: Logger,
  ) {}

  answered(): void {
    if (!this.isAway) return;
    this.isAway = false;
    this.instruments.quotaStoreAway.set(0);
    this.logger.info('the shared quotas answer again');
  }

  failed(error: unknown): void {
    if (this.isAway) return;
    this.isAway = true;
    this.instruments.quotaStoreAway.set(1);
    this.logger.error(
      'the shared quotas do not answer: what this gateway took ahead is spent, then requests are refused',
      {
        error,
      },
    );
  }
}
