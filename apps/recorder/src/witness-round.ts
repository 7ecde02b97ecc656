import { WitnessRefusedError, type WitnessAddress } from '@medserve/ledger';
import type { Instruments, Logger } from '@medserve/runtime';
import type { Ledger } from '@medserve/storage';

export interface WitnessPlan {
  readonly ledger: Ledger;
  readonly witnesses: readonly WitnessAddress[];
  readonly logger: Logger;
  readonly instruments: Instruments;
}

export interface WitnessTimes {
  /** How long witnesses are asked in one round, in milliseconds; the next log is signed after it. */
  readonly roundMs: number;
  /** How long a witness is left alone that did not answer. */
  readonly restMs: number;
}

const TIMES: WitnessTimes = { roundMs: 20_000, restMs: 60_000 };

/**
 * Has witnesses cosign the logs that were signed. They are asked for a bounded time a round; who did not get a turn comes first in
 * the next one. A witness that does not answer is not waited for at every log.
 */
export class WitnessRound {
  /** Who has not cosigned the newest checkpoint of which log; the log that waited longest is first. */
  private readonly missing = new Map<string, ReadonlySet<WitnessAddress>>();
  private readonly restsUntil = new Map<WitnessAddress, number>();

  constructor(
    private readonly plan: WitnessPlan,
    private readonly times: WitnessTimes = TIMES,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** There is a new checkpoint of this log. */
  want(tenant: string): void {
    this.missing.set(tenant, new Set(this.plan.witnesses));
  }

  /** @param cosigned told of each log with a new line */
  async ask(signal: AbortSignal, cosigned: (tenant: string) => Promise<void>): Promise<void> {
    const endsAt = this.nowMs() + this.times.roundMs;
    for (const [tenant, missing] of [...this.missing]) {
      if (signal.aborted || this.nowMs() >= endsAt) return;
      const awake = [...missing].filter((witness) => this.isAwake(witness));
      if (awake.length === 0) continue;
      const done = await this.askAbout(tenant, awake, signal);
      const left = [...missing].filter((witness) => !done.includes(witness));
      this.missing.delete(tenant);
      if (left.length > 0) this.missing.set(tenant, new Set(left));
      if (done.length > 0) await cosigned(tenant);
    }
  }

  private isAwake(witness: WitnessAddress): boolean {
    return (this.restsUntil.get(witness) ?? -Infinity) <= this.nowMs();
  }

  /** @returns who cosigned */
  private async askAbout(
    tenant: string,
    witnesses: readonly WitnessAddress[],
    signal: AbortSignal,
  ): Promise<WitnessAddress[]> {
    const { ledger, logger, instruments } = this.plan;
    const asked = await ledger.cosign(tenant, witnesses, signal);
    const cosigned: WitnessAddress[] = [];
    for (const [at, { witness, error }] of asked.entries()) {
      const address = witnesses[at];
      instruments.witnessed.inc({ outcome: error === undefined ? 'cosigned' : 'failed' });
      if (address === undefined) continue;
      if (error === undefined) {
        cosigned.push(address);
        continue;
      }
      logger.warn('a witness did not cosign a log', { tenant, service: witness, error });
      if (!(error instanceof WitnessRefusedError)) this.restsUntil.set(address, this.nowMs() + this.times.restMs);
    }
    return cosigned;
  }
}
