import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaPlace } from '@medserve/events';
import { every, type Instruments, type Logger } from '@medserve/runtime';
import { DRIFT_PLAN, DRIFT_RULES, type DriftPlan, type DriftRules } from '@medserve/serving';
import { openStorage, type Storage } from '@medserve/storage';
import { Monitor } from './monitor';
import { kafkaSource, ledgerSource } from './sources';

export interface MonitorSettings {
  readonly databaseUrl: string;
  /** Absent: events are read from the ledger. */
  readonly kafka?: KafkaPlace | undefined;
  readonly plan?: DriftPlan;
  readonly rules?: DriftRules;
  /** Between two looks at what has drifted, in milliseconds. */
  readonly lookEveryMs?: number;
  readonly logger: Logger;
  readonly instruments: Pick<Instruments, 'monitor'>;
}

const LOOK_MS = 15_000;
const FORGET_MS = 3_600_000;
const RETRY_MS = 1_000;

/**
 * Starts the monitor: it counts events, each once, and shows what they come to. Several may run: one counts, the others wait for its
 * place. It starts at once, also when no broker answers.
 */
export async function startMonitor(settings: MonitorSettings): Promise<{ close(): Promise<void> }> {
  const { databaseUrl, logger } = settings;
  const onLost = (error: unknown): void => {
    logger.warn('the monitor lost its connection to the database; it connects again', { error });
  };
  const storage = await openStorage({
    url: databaseUrl,
    poolSize: 3,
    applicationName: 'medserve-monitor',
    role: 'monitor',
    onLostConnection: onLost,
  });
  let watching: Promise<void> = Promise.resolve();
  const seat = storage.takeMonitorSeat({
    onFailure: onLost,
    onSeated: (lost) => {
      const before = watching;
      watching = before.then(() => watch(storage, settings, lost));
    },
  });
  return {
    close: async () => {
      await seat.close();
      await watching;
      await storage.close();
    },
  };
}

/** Counts and looks until the place is lost. */
async function watch({ monitor: store }: Storage, settings: MonitorSettings, lost: AbortSignal): Promise<void> {
  const { logger, instruments, kafka, lookEveryMs = LOOK_MS } = settings;
  const parts = {
    store,
    logger,
    instruments: instruments.monitor,
    plan: settings.plan ?? DRIFT_PLAN,
    rules: settings.rules ?? DRIFT_RULES,
    nowMs: () => Date.now(),
  };
  let monitor: Monitor | undefined;
  while (monitor === undefined && !lost.aborted) {
    monitor = await Monitor.resume(parts).catch(async (error: unknown) => {
      logger.warn('what the monitor knew could not be read; it is tried again', { error });
      await delay(RETRY_MS, undefined, { signal: lost }).catch(() => undefined);
      return undefined;
    });
  }
  if (monitor === undefined) return;
  const counting = monitor;
  const source = kafka === undefined ? ledgerSource(store, logger) : kafkaSource(kafka, logger);
  try {
    await Promise.all([
      source((messages, cursor) => counting.take(messages, cursor), lost),
      every(
        lookEveryMs,
        lost,
        () => counting.look(),
        (error) => {
          logger.warn('what has drifted could not be looked at', { error });
        },
      ),
      every(
        FORGET_MS,
        lost,
        () => store.forget(),
        (error) => {
          logger.warn('old events and answers could not be forgotten', { error });
        },
      ),
    ]);
  } finally {
    // Whoever has the place now shows the same sums: shown twice, they would be added up.
    await counting.leave();
  }
}
