import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { LATENCY_SECONDS } from './buckets';

/** Of the outbox and the ledger that it fills, which are one: of several recorders each tells the whole, so nothing is added up. */
export interface LedgerMetrics {
  readonly outboxWaiting: Gauge;
  readonly outboxEvents: Gauge;
  readonly outboxBytes: Gauge;
  readonly ledgerSize: Gauge;
  readonly ledgerAppendSeconds: Histogram;
  readonly ledgerBehindSeconds: Gauge;
  readonly ledgerHeld: Gauge;
  readonly transportChanges: Counter<'change'>;
  readonly witnessed: Counter<'outcome'>;
}

export function ledgerMetrics(registers: Registry[]): LedgerMetrics {
  return {
    outboxWaiting: new Gauge({
      name: 'medserve_outbox_waiting',
      help: 'Events committed and not yet in the ledger',
      registers,
      aggregator: 'max',
    }),
    outboxEvents: new Gauge({
      name: 'medserve_outbox_events',
      help: 'Events committed and not yet in the ledger, as the ceiling counts them: never too few',
      registers,
      aggregator: 'max',
    }),
    outboxBytes: new Gauge({
      name: 'medserve_outbox_bytes',
      help: 'Bytes of these, as the ceiling counts them: below half of it what the table takes on disk',
      registers,
      aggregator: 'max',
    }),
    ledgerSize: new Gauge({
      name: 'medserve_ledger_entries',
      help: 'Entries in the audit ledger',
      registers,
      aggregator: 'max',
    }),
    ledgerAppendSeconds: new Histogram({
      name: 'medserve_ledger_append_duration_seconds',
      help: 'One transaction of the ledger writer',
      buckets: LATENCY_SECONDS,
      registers,
    }),
    ledgerBehindSeconds: new Gauge({
      name: 'medserve_ledger_behind_seconds',
      help: 'Age of the oldest event that was committed and is not yet in the ledger',
      registers,
      aggregator: 'max',
    }),
    ledgerHeld: new Gauge({
      name: 'medserve_ledger_held',
      help: 'Logs that are not extended: what was published of them is ahead of the database, or another',
      registers,
      aggregator: 'max',
    }),
    transportChanges: new Counter({
      name: 'medserve_transport_changes_total',
      help: 'Looks that found the topic of the events gone (and made it anew) or with other partitions than before',
      labelNames: ['change'],
      registers,
    }),
    witnessed: new Counter({
      name: 'medserve_ledger_witnessed_total',
      help: 'Checkpoints sent to a witness: cosigned, or failed',
      labelNames: ['outcome'],
      registers,
    }),
  };
}
