import type { Closable, Instruments, Logger } from '@medserve/runtime';
import type { QuotaStore } from './ports';
import { Quotas } from './quotas';
import { StoreWatch } from './store-watch';

export interface OpenQuotasParts {
  readonly store: QuotaStore;
  readonly owner: string;
  readonly clientConcurrency: number;
  readonly instruments: Pick<Instruments, 'quotaStoreAway'>;
  readonly logger: Logger;
}

/** What an operator changes holds within this time. */
const REFRESH_MS = 5_000;
/** Slots that lie idle for so long are given back. */
const SETTLE_MS = 1_000;

/** Does `work` again and again, never two at once. */
function everyNowAndThen(work: () => Promise<void>, pauseMs: number): Closable {
  let under: Promise<void> | undefined;
  const timer = setInterval(() => {
    under ??= work().finally(() => {
      under = undefined;
    });
  }, pauseMs).unref();
  return {
    close: async () => {
      clearInterval(timer);
      await under;
    },
  };
}

/** The quotas of a gateway that runs: they follow what operators set, and give back what lies idle. */
export function openQuotas({ instruments, logger, ...parts }: OpenQuotasParts): Closable & { readonly quotas: Quotas } {
  const quotas = new Quotas({ ...parts, health: new StoreWatch(instruments, logger), now: Date.now });
  const duties = [
    everyNowAndThen(() => quotas.refresh(), REFRESH_MS),
    everyNowAndThen(() => quotas.settle(), SETTLE_MS),
  ];
  return {
    quotas,
    close: async () => {
      await Promise.all(duties.map((duty) => duty.close()));
    },
  };
}
