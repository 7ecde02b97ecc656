import { KeyObject } from 'node:crypto';
import { InProcessBus, KafkaBus, type EventBus, type KafkaPlace } from '@medserve/events';
import type { SigningKeys, WitnessAddress } from '@medserve/ledger';
import { KeptTrying, type Instruments, type Logger } from '@medserve/runtime';
import { openStorage, type Ledger } from '@medserve/storage';
import { appendHandler } from './append-handler';
import { fulfil, type DutyTimes } from './duties';
import { tracedBus } from './traced-bus';

export interface RecorderSettings {
  readonly databaseUrl: string;
  /** Signs the checkpoints: one key for good, or one that may be followed by the next. */
  readonly ledgerKey: KeyObject | SigningKeys;
  /** Folder in which each log is published as files; absent: none is. */
  readonly publishedDir?: string | undefined;
  /** Who is asked to cosign each checkpoint. */
  readonly witnesses?: readonly WitnessAddress[];
  /** Absent: events go to the ledger within this process. */
  readonly kafka?: KafkaPlace;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly times?: Partial<DutyTimes>;
}

const TIMES: DutyTimes = {
  sweepEveryMs: 2_000,
  graceMs: 5_000,
  reconcileEveryMs: 30_000,
  resendAfterMs: 30_000,
  checkpointEveryMs: 60_000,
  watchClockEveryMs: 1_000,
  monthsEveryMs: 3_600_000,
};

/** When no wake-up comes, the outbox is looked at this often. */
const POLL_MS = 1_000;

const RECONNECT_MS = 1_000;

const keysOf = (key: KeyObject | SigningKeys): SigningKeys =>
  key instanceof KeyObject ? { current: () => key, next: () => undefined, turn: () => undefined } : key;

/** The way from the outbox to the ledger. */
interface Transport {
  readonly bus: EventBus;
  close(): Promise<void>;
}

function connectBus({ kafka, logger }: RecorderSettings): Promise<EventBus> {
  if (kafka === undefined) return Promise.resolve(new InProcessBus());
  return KafkaBus.connect({
    ...kafka,
    log: (level, message) => {
      logger[level](message);
    },
  });
}

async function openTransport(settings: RecorderSettings, ledger: Ledger): Promise<Transport> {
  const bus = await connectBus(settings);
  try {
    const { logger, instruments } = settings;
    const subscription = await bus.subscribe(appendHandler(ledger, logger, instruments));
    return {
      bus: tracedBus(bus, instruments.tracer),
      close: async () => {
        await subscription.close();
        await bus.close();
      },
    };
  } catch (error) {
    await bus.close();
    throw error;
  }
}

/**
 * Starts the recorder: committed events travel from the outbox over the bus into the ledger, and requests that nobody will end
 * are recorded as abandoned. Several recorders may run: one relays and sweeps, all consume. When it closes, what is not yet in
 * the ledger stays in the outbox for the next one.
 *
 * It starts at once, also when no broker answers or the group still waits for a member that died: what has happened is on
 * record in the outbox, which waits.
 */
export async function startRecorder(settings: RecorderSettings): Promise<{ close(): Promise<void> }> {
  const { databaseUrl, publishedDir, witnesses = [], logger, instruments } = settings;
  const onLost = (error: unknown): void => {
    logger.warn('the recorder lost its connection to the database; it connects again', { error });
  };
  const storage = await openStorage({
    url: databaseUrl,
    poolSize: 6,
    applicationName: 'medserve-recorder',
    role: 'recorder',
    publishedDir,
    onLostConnection: onLost,
  });
  const transport = new KeptTrying(() => openTransport(settings, storage.ledger), {
    pauseMs: RECONNECT_MS,
    onFailure: (error) => {
      logger.warn('no transport for events; they wait in the outbox, and the connection is tried again', { error });
    },
  });
  const times = { ...TIMES, ...settings.times };
  const keys = keysOf(settings.ledgerKey);
  // One that lost its seat may still be ending when it is seated again.
  const duties = new Set<Promise<void>>();
  const seat = storage.takeRecorderSeat({
    pollMs: POLL_MS,
    onFailure: onLost,
    onSeated: (taken) => {
      const bus = transport.made.then((made) => made.bus);
      const duty = fulfil({ storage, bus, keys, publishedDir, witnesses, logger, instruments, times }, taken)
        .catch(onLost)
        .finally(() => duties.delete(duty));
      duties.add(duty);
    },
  });
  return {
    close: async () => {
      await seat.close();
      await Promise.all(duties);
      await (await transport.stop())?.close();
      await storage.close();
    },
  };
}
