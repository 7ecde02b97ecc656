import { setTimeout as delay } from 'node:timers/promises';
import { KafkaBus, type EventMessage, type KafkaPlace } from '@medserve/events';
import { KeptTrying, type Logger } from '@medserve/runtime';
import type { LedgerPage, MonitorStore } from '@medserve/storage';

/** Counts events; rejects when they must come again. */
export type Take = (messages: readonly EventMessage[], cursor?: Pick<LedgerPage, 'log' | 'next'>) => Promise<void>;

/** Where events come from, at least once each, until `signal` aborts. */
export type EventSource = (take: Take, signal: AbortSignal) => Promise<void>;

const PAGE = 500;
const POLL_MS = 1_000;
const RETRY_MS = 1_000;

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => undefined);

/** Reads the ledger, log by log, from where it was read last: what is not in it yet comes later, and nobody waits for the reader. */
export const ledgerSource =
  (store: Pick<MonitorStore, 'unread'>, logger: Logger): EventSource =>
  async (take, signal) => {
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      try {
        let isMore = false;
        for await (const { log, next, entries } of store.unread(PAGE)) {
          if (isOver()) return;
          const messages = entries.map(({ event, leaf }) => ({ id: event, key: log, bytes: leaf }));
          await take(messages, { log, next });
          isMore ||= entries.length === PAGE;
        }
        if (!isMore) await pause(POLL_MS, signal);
      } catch (error) {
        if (!isOver()) logger.warn('the ledger could not be read or counted; it is tried again', { error });
        await pause(RETRY_MS, signal);
      }
    }
  };

/** The name of the monitor's group: each event goes to it as well as to the ledger. */
const GROUP = 'monitor';
const TOPIC = 'medserve.records.v1';

/** Consumes the topic in a group of its own. What comes again is for who counts to see. */
export const kafkaSource =
  (place: KafkaPlace, logger: Logger): EventSource =>
  async (take, signal) => {
    if (signal.aborted) return;
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
    const transport = new KeptTrying(() => subscribe(place, logger, take), {
      pauseMs: RETRY_MS,
      onFailure: (error) => {
        logger.warn('no broker to hear of events; the connection is tried again', { error });
      },
    });
    await aborted;
    const bus = await transport.stop();
    await bus?.close();
  };

async function subscribe(place: KafkaPlace, logger: Logger, take: Take): Promise<KafkaBus> {
  const bus = await KafkaBus.connect({
    ...place,
    groupId: `${place.topic ?? TOPIC}.${GROUP}`,
    clientId: 'medserve-monitor',
    log: (level, message) => {
      logger[level](message);
    },
  });
  try {
    await bus.subscribe(async (messages) => {
      try {
        await take(messages);
      } catch (error) {
        logger.warn('events could not be counted; they are tried again', { error });
        throw error;
      }
    });
    return bus;
  } catch (error) {
    await bus.close();
    throw error;
  }
}
