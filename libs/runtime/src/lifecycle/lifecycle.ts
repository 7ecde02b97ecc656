import type { Closable } from '../closable';
import type { Logger } from '../telemetry/logger';

/**
 * Closes what was opened, last opened first, once, each within what is left of the grace period. One part that cannot close
 * does not keep the others open.
 */
export class Lifecycle {
  private readonly open: { name: string; part: Closable }[] = [];
  private closing: Promise<void> | undefined;

  constructor(
    private readonly logger: Logger,
    private readonly graceMs: number,
  ) {}

  add<T extends Closable>(name: string, part: T): T {
    this.open.push({ name, part });
    return part;
  }

  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    const expired = new Promise<'expired'>((resolve) => {
      setTimeout(resolve, this.graceMs, 'expired').unref();
    });
    for (const { name, part } of this.open.reverse()) {
      const outcome = await Promise.race([
        part.close().then(
          () => 'closed' as const,
          (error: unknown) => {
            this.logger.warn('could not close a part', { service: name, error });
            return 'failed' as const;
          },
        ),
        expired,
      ]);
      if (outcome === 'expired')
        this.logger.warn('the grace period ran out before a part was closed', { service: name });
    }
  }
}
