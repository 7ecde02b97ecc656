import type { SigningKeys } from '@medserve/ledger';
import { ForkedLogError } from '@medserve/storage';
import { WitnessRound, type WitnessPlan } from './witness-round';

export interface SigningPlan extends WitnessPlan {
  readonly keys: SigningKeys;
  /** Folder of the published logs; absent: none are published as files. */
  readonly publishedDir?: string | undefined;
}

/**
 * Signs and publishes what grew, log by log, and then has it witnessed: witnesses are other people's, and no log waits for them. A
 * log that is in trouble does not hold up the others.
 */
export class LogSigner {
  /** Sizes that were signed and published. */
  private readonly done = new Map<string, number>();
  private readonly witnessed: WitnessRound;

  constructor(private readonly plan: SigningPlan) {
    this.witnessed = new WitnessRound(plan);
  }

  async round(signal: AbortSignal): Promise<void> {
    const { ledger, instruments } = this.plan;
    for (const { tenant, size } of await ledger.logs()) {
      if (signal.aborted) return;
      if (this.done.get(tenant) === size) continue;
      await this.tellingTrouble(tenant, async () => {
        await this.sign(tenant);
        this.done.set(tenant, size);
        this.witnessed.want(tenant);
      });
    }
    await this.witnessed.ask(signal, (tenant) => this.tellingTrouble(tenant, () => this.publish(tenant)));
    instruments.ledgerHeld.set(ledger.held().length);
    await this.turnKeys();
  }

  private async sign(tenant: string): Promise<void> {
    const { ledger, keys } = this.plan;
    await ledger.checkpoint(tenant, keys.current());
    await this.publish(tenant);
  }

  private async publish(tenant: string): Promise<void> {
    const { ledger, publishedDir } = this.plan;
    if (publishedDir !== undefined) await ledger.publish(tenant, publishedDir);
  }

  private async tellingTrouble(tenant: string, work: () => Promise<void>): Promise<void> {
    const { logger } = this.plan;
    try {
      await work();
    } catch (error) {
      if (error instanceof ForkedLogError)
        logger.error('a published log is ahead of the database, or another: the database may be an older copy', {
          tenant,
          error,
        });
      else logger.warn('a log could not be signed or published; it is tried again', { tenant, error });
    }
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
