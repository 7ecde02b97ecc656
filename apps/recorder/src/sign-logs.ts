import type { SigningKeys, WitnessAddress } from '@medserve/ledger';
import type { Instruments, Logger } from '@medserve/runtime';
import { ForkedLogError, type Ledger } from '@medserve/storage';

export interface SigningPlan {
  readonly ledger: Ledger;
  readonly keys: SigningKeys;
  /** Folder of the published logs; absent: none are published as files. */
  readonly publishedDir?: string | undefined;
  readonly witnesses: readonly WitnessAddress[];
  readonly logger: Logger;
  readonly instruments: Instruments;
}

/** Signs what grew, log by log, has it witnessed, and publishes it. A log that is in trouble does not hold up the others. */
export class LogSigner {
  /** Sizes that were signed, witnessed and published. */
  private readonly done = new Map<string, number>();

  constructor(private readonly plan: SigningPlan) {}

  async round(signal: AbortSignal): Promise<void> {
    const { ledger, logger, instruments } = this.plan;
    for (const { tenant, size } of await ledger.logs()) {
      if (signal.aborted) return;
      if (this.done.get(tenant) === size) continue;
      try {
        if (await this.sign(tenant, signal)) this.done.set(tenant, size);
      } catch (error) {
        if (error instanceof ForkedLogError)
          logger.error('a published log is ahead of the database, or another: the database may be an older copy', {
            tenant,
            error,
          });
        else logger.warn('a log could not be signed or published; it is tried again', { tenant, error });
      }
    }
    instruments.ledgerHeld.set(ledger.held().length);
    await this.turnKeys();
  }

  /** @returns false when it has to be tried again, because a witness did not cosign */
  private async sign(tenant: string, signal: AbortSignal): Promise<boolean> {
    const { ledger, keys, publishedDir, witnesses, logger, instruments } = this.plan;
    await ledger.checkpoint(tenant, keys.current());
    const asked = await ledger.cosign(tenant, witnesses, signal);
    for (const { witness, error } of asked) {
      instruments.witnessed.inc({ outcome: error === undefined ? 'cosigned' : 'failed' });
      if (error !== undefined) logger.warn('a witness did not cosign a log', { tenant, service: witness, error });
    }
    if (publishedDir !== undefined) await ledger.publish(tenant, publishedDir);
    return asked.every(({ error }) => error === undefined);
  }

  /** A next key takes over once every log says so under the old one. */
  private async turnKeys(): Promise<void> {
    const { ledger, keys, logger } = this.plan;
    const next = keys.next();
    if (next === undefined || !(await ledger.announceKey(keys.current(), next))) return;
    keys.turn();
    logger.info('the signing key of the ledger was changed; each log names the new one');
  }
}
