import { logLevel, type LogEntry } from 'kafkajs';
import { refusalIn } from './refusals';

/** What of kafkajs' logs matters to us: the level it deserves and the static text. */
export type KafkaLog = (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void;

/** Passing states of a healthy cluster that kafkajs tells as errors. */
const PASSING =
  /NOT_LEADER|not the leader|CONCURRENT_TRANSACTIONS|REBALANCE_IN_PROGRESS|rebalancing|coordinator is (loading|not available)|Topic creation errors/i;

function severity(entry: LogEntry): 'debug' | 'info' | 'warn' | 'error' {
  const { message, ...fields } = entry.log;
  const said = `${message} ${String(fields['error'] ?? '')}`;
  if (entry.level >= logLevel.INFO) return 'debug';
  if (PASSING.test(said)) return 'debug';
  // kafkajs tries again by itself, or throws what it cannot mend: neither is yet a case for the person on call.
  return 'warn';
}

/** kafkajs says the same many times a second while a broker is away: once in this time is enough. */
const REPEAT_MS = 30_000;
const REMEMBERED = 64;

/** What kafkajs calls for each line it would log. */
export const createKafkaLog =
  (log: KafkaLog, now: () => number = Date.now) =>
  (): ((entry: LogEntry) => void) => {
    const saidAt = new Map<string, number>();
    const isNews = (message: string): boolean => {
      const last = saidAt.get(message);
      if (last !== undefined && now() - last < REPEAT_MS) return false;
      if (saidAt.size >= REMEMBERED) saidAt.clear();
      saidAt.set(message, now());
      return true;
    };
    return (entry) => {
      const message = refusalIn(entry.log.message) ?? entry.log.message;
      const level = severity(entry);
      log(level === 'debug' || isNews(message) ? level : 'debug', `kafka: ${message}`);
    };
  };
