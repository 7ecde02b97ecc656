import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Of studies on their way from a modality to a report. `route` is a name that the operator gave, or `none`. */
export interface StudyInstruments {
  readonly studies: Counter<'route' | 'state'>;
  readonly inState: Gauge<'route' | 'state'>;
  readonly oldestSeconds: Gauge<'route' | 'state'>;
  readonly durationSeconds: Histogram<'route'>;
  readonly channels: Gauge;
  readonly reports: Counter<'event'>;
}

const DURATION_SECONDS = [5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 86_400];

export function studyInstruments(registers: Registry[]): StudyInstruments {
  return {
    studies: new Counter({
      name: 'medserve_studies_total',
      help: 'Generations of studies that came into a state: complete, inferring, inferred, exporting, exported, skipped, failed',
      labelNames: ['route', 'state'],
      registers,
    }),
    inState: new Gauge({
      // No counter's name without its `_total`: that is one family in OpenMetrics (1.0, "MetricFamily names must be unique").
      name: 'medserve_studies_unended',
      help: 'Generations of studies that have not reached their end, or failed',
      labelNames: ['route', 'state'],
      registers,
      aggregator: 'max',
    }),
    oldestSeconds: new Gauge({
      name: 'medserve_study_oldest_seconds',
      help: 'How long ago the first instance came of the study that is longest in its state, of those that have not reached their end or failed',
      labelNames: ['route', 'state'],
      registers,
      aggregator: 'max',
    }),
    durationSeconds: new Histogram({
      name: 'medserve_study_duration_seconds',
      help: 'From the first instance of a study to its end',
      labelNames: ['route'],
      buckets: DURATION_SECONDS,
      registers,
    }),
    channels: new Gauge({
      name: 'medserve_workitem_channels',
      help: 'WebSocket connections over which subscribers are told of workitems',
      registers,
    }),
    reports: new Counter({
      name: 'medserve_workitem_reports_total',
      help: 'Event reports of workitems that went over a connection, by Event Type ID (PS3.4 table CC.2.4-1)',
      labelNames: ['event'],
      registers,
    }),
  };
}
