import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { CollectedMetrics } from './exposition';
import { labelsKey, type TracedValue } from './traced-value';

type Family = MetricObjectWithValues<MetricValue<string>>;

/** A counter or a histogram by its labels: of a histogram buckets, sum and count together. */
interface Series {
  toldMs: number;
  /** By `partOf`. */
  readonly sums: Map<string, TracedValue>;
}

interface KeptFamily {
  readonly declared: Omit<Family, 'values'>;
  readonly series: Map<string, Series>;
}

/** What a process told last, by the keys of series and parts. */
interface Told {
  heardMs: number;
  readonly series: Map<string, ReadonlyMap<string, number>>;
}

/** A series of which no process has spoken for so long is forgotten: models come and go for as long as a gateway runs. */
const FORGET_MS = 3_600_000;
/** Processes whose last values are remembered; beyond, those are forgotten that have been silent longest, and for an hour. */
const PROCESSES = 100;

/** What is declared not to be added up is told by one process for all, which goes on itself where another left off. */
const isSummed = ({ type, aggregator }: Family): boolean =>
  (String(type) === 'counter' || String(type) === 'histogram') && aggregator === 'sum';

const partOf = ({ metricName = '', labels }: TracedValue): string => `${metricName} ${String(labels['le'] ?? '')}`;

/** The sum of a histogram may fall, where values below 0 are observed; a count does so only in a process that began anew. */
const isCount = ({ metricName }: TracedValue): boolean => metricName?.endsWith('_sum') !== true;

/**
 * Counters and histograms of processes that come and go, added up so that no sum falls when one of them leaves, is silent or begins
 * anew: who takes a rate would take the fall for a reset, and all that the others ever counted for new.
 */
export class KeptCounts {
  private readonly families = new Map<string, KeptFamily>();
  private readonly processes = new Map<string, Told>();

  /** @param now milliseconds that only grow */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * Takes what a process tells. Answers of one process have to come in the order in which it gave them.
   *
   * @param name by which it is known again
   * @returns the rest, which is true of the moment only
   */
  add(name: string, metrics: CollectedMetrics): CollectedMetrics {
    const series: Told['series'] = this.processes.get(name)?.series ?? new Map<string, ReadonlyMap<string, number>>();
    const told = { heardMs: this.now(), series };
    // The one that was heard last stands last.
    this.processes.delete(name);
    this.processes.set(name, told);
    for (const family of metrics.filter(isSummed)) this.addFamily(family, told);
    return metrics.filter((family) => !isSummed(family));
  }

  /** The sums of all processes that were ever heard. */
  collect(): CollectedMetrics {
    this.forget();
    return [...this.families.values()].map(({ declared, series }) => ({
      ...declared,
      values: [...series.values()].flatMap(({ sums }) => [...sums.values()]),
    }));
  }

  private addFamily({ values, ...declared }: Family, told: Told): void {
    const { series } = this.family(declared);
    const byLabels = Map.groupBy(values as readonly TracedValue[], ({ labels }) => seriesKey(declared.name, labels));
    for (const [key, parts] of byLabels) {
      const before = told.series.get(key) ?? new Map<string, number>();
      const isAnew = parts.some((part) => isCount(part) && part.value < (before.get(partOf(part)) ?? 0));
      const { sums } = seriesOf(series, key, told.heardMs);
      for (const part of parts) {
        const known = sums.get(partOf(part));
        const more = part.value - (isAnew ? 0 : (before.get(partOf(part)) ?? 0));
        sums.set(partOf(part), {
          ...part,
          value: (known?.value ?? 0) + more,
          exemplar: newer(known?.exemplar, part.exemplar),
        });
      }
      told.series.set(key, new Map(parts.map((part) => [partOf(part), part.value])));
    }
  }

  private family(declared: Omit<Family, 'values'>): KeptFamily {
    const known = this.families.get(declared.name) ?? { declared, series: new Map<string, Series>() };
    this.families.set(declared.name, known);
    return known;
  }

  private forget(): void {
    const before = this.now() - FORGET_MS;
    for (const { series } of this.families.values()) {
      for (const [key, { toldMs }] of series) {
        if (toldMs >= before) continue;
        series.delete(key);
        for (const told of this.processes.values()) told.series.delete(key);
      }
    }
    for (const [name, { heardMs }] of this.processes) {
      if (this.processes.size <= PROCESSES || heardMs >= before) return;
      this.processes.delete(name);
    }
  }
}

/** Without the bound of a bucket, which is of a part. */
const seriesKey = (family: string, labels: TracedValue['labels']): string =>
  `${family} ${labelsKey({ ...labels, le: undefined })}`;

function seriesOf(all: Map<string, Series>, key: string, toldMs: number): Series {
  const series = all.get(key) ?? { toldMs, sums: new Map<string, TracedValue>() };
  series.toldMs = toldMs;
  all.set(key, series);
  return series;
}

const newer = (one: TracedValue['exemplar'], other: TracedValue['exemplar']): TracedValue['exemplar'] =>
  (other?.timestamp ?? 0) >= (one?.timestamp ?? 0) ? (other ?? one) : one;
