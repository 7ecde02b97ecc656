import { bucketOf, restoreHistogram, type MonitorInstruments } from '@medserve/runtime';
import type { MonitorTotal } from '@medserve/storage';

const COUNTERS = ['results', 'labels', 'inputs', 'inputQuality', 'reviewed', 'runSeconds'] as const;
const HISTOGRAMS = ['turnaroundSeconds', 'score'] as const;

type CounterName = (typeof COUNTERS)[number];
/** Kept for who asks, and not shown: of places, which are many. */
type KeptName = 'places';
type HistogramName = (typeof HISTOGRAMS)[number];
export type Labels = Readonly<Record<string, string>>;

/** One thing that was counted: by how much a counter grows, or a value that a histogram saw. */
export type Count =
  | { readonly metric: CounterName; readonly labels: Labels; readonly by: number }
  | { readonly metric: KeptName; readonly labels: Labels; readonly by: number }
  | { readonly metric: HistogramName; readonly labels: Labels; readonly saw: number };

/** Label under which the parts of a histogram are kept: a bucket's bound, or their sum. */
const PART = 'le';
const SUM = 'sum';

interface AnyCounter {
  inc(labels: Labels, by: number): void;
}

interface AnyHistogram {
  observe(labels: Labels, value: number): void;
}

/** Sums as they are kept, and as they are shown: the same ones. */
export class Metrics {
  constructor(private readonly instruments: MonitorInstruments) {}

  /** What is to be kept of what was counted, each sum once. */
  totalsOf(counts: readonly Count[]): MonitorTotal[] {
    const sums = new Map<string, MonitorTotal>();
    const add = (name: string, labels: Labels, value: number): void => {
      const key = JSON.stringify([name, labels]);
      sums.set(key, { name, labels, value: (sums.get(key)?.value ?? 0) + value });
    };
    for (const count of counts) {
      const { metric, labels } = count;
      if ('by' in count) {
        add(metric, labels, count.by);
      } else {
        add(metric, { ...labels, [PART]: bucketOf(this.instruments[count.metric] as never, count.saw) }, 1);
        add(metric, { ...labels, [PART]: SUM }, count.saw);
      }
    }
    return [...sums.values()];
  }

  /** Shows what was counted. */
  show(counts: readonly Count[]): void {
    for (const count of counts) {
      if (count.metric === 'places') continue;
      if ('by' in count) (this.instruments[count.metric] as AnyCounter).inc(count.labels, count.by);
      else (this.instruments[count.metric] as AnyHistogram).observe(count.labels, count.saw);
    }
  }

  /** Shows nothing: somebody else does from now on. */
  hide(): void {
    this.restore([]);
    const { driftPsi, driftThreshold, driftKs, drifted, windowSamples } = this.instruments;
    const { calibrationError, calibrationThreshold } = this.instruments;
    for (const gauge of [driftPsi, driftThreshold, driftKs, drifted, windowSamples]) gauge.reset();
    for (const gauge of [calibrationError, calibrationThreshold]) gauge.reset();
    this.instruments.behindSeconds.set(0);
  }

  /** Shows what was kept, and nothing else. */
  restore(totals: readonly MonitorTotal[]): void {
    for (const name of [...COUNTERS, ...HISTOGRAMS]) this.instruments[name].reset();
    for (const name of COUNTERS) {
      const counter = this.instruments[name] as AnyCounter;
      for (const { labels, value } of totals.filter((total) => total.name === name)) counter.inc(labels, value);
    }
    for (const name of HISTOGRAMS) {
      for (const { labels, buckets, sum } of histogramsIn(totals.filter((total) => total.name === name)))
        restoreHistogram(this.instruments[name] as never, labels as never, { buckets, sum });
    }
  }
}

interface Parts {
  readonly labels: Labels;
  readonly buckets: Record<string, number>;
  sum: number;
}

function histogramsIn(totals: readonly MonitorTotal[]): Parts[] {
  const found = new Map<string, Parts>();
  for (const { labels: all, value } of totals) {
    const { [PART]: part = SUM, ...labels } = all;
    const key = JSON.stringify(Object.entries(labels).sort());
    let parts = found.get(key);
    if (parts === undefined) found.set(key, (parts = { labels, buckets: {}, sum: 0 }));
    if (part === SUM) parts.sum = value;
    else parts.buckets[part] = value;
  }
  return [...found.values()];
}
