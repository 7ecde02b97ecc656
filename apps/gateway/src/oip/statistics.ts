import type { Category, ServingError } from '@medserve/errors';
import type { CatalogueEntry } from '@medserve/rpc';
import type { Instruments, NvInstruments } from '@medserve/runtime';
import { isServed, type LiveCatalogue, type ModelVersion } from '../infer/live-catalogue';
import type { Dispatched, DispatchOrder } from '../infer/ports';
import type { DispatchObservation, DispatchObserver } from './observed-dispatcher';
import { ModelFigures } from './model-figures';
import type { ModelStatistics, OipStatistics } from './ports';

export interface StatisticsParts {
  readonly catalogue: LiveCatalogue;
  readonly instruments: Instruments;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Versions whose figures are kept; those that nobody serves any more make room. */
const VERSION_LIMIT = 4_096;

type FailureKind = 'REJECTED' | 'CANCELED' | 'BACKEND' | 'OTHER';

/** Triton's words for why a request failed; a new category does not compile until it has one. */
const FAILURE_KIND = {
  invalid: 'OTHER',
  unauthenticated: 'OTHER',
  forbidden: 'OTHER',
  not_found: 'OTHER',
  gone: 'OTHER',
  conflict: 'OTHER',
  method_not_allowed: 'OTHER',
  not_acceptable: 'OTHER',
  unsupported: 'OTHER',
  unsupported_media: 'OTHER',
  unprocessable: 'OTHER',
  too_large: 'OTHER',
  exhausted: 'REJECTED',
  unavailable: 'REJECTED',
  deadline: 'REJECTED',
  cancelled: 'CANCELED',
  upstream: 'BACKEND',
  internal: 'OTHER',
} as const satisfies Record<Category, FailureKind>;

/**
 * Counts what models answer, for the statistics extension and for Triton's metrics. The figures are this gateway's since it
 * started. Names come from the catalogue and from who answered, never from a caller.
 */
export class InferenceStatistics implements OipStatistics, DispatchObserver {
  private readonly figures = new Map<string, ModelFigures>();
  private readonly nv: NvInstruments;

  constructor(private readonly parts: StatisticsParts) {
    this.nv = parts.instruments.nv;
  }

  began(order: DispatchOrder): DispatchObservation {
    const beganMs = performance.now();
    const expected = this.parts.catalogue.expected(order);
    const pending = expected && labelsOf(expected);
    if (pending) this.nv.pendingRequestCount.inc(pending);
    const end = (): number => {
      if (pending) this.nv.pendingRequestCount.dec(pending);
      return performance.now() - beganMs;
    };
    return {
      answered: (done) => {
        this.answered(done, end());
      },
      failed: (error) => {
        const elapsedMs = end();
        if (expected) this.failed(expected, error, elapsedMs);
      },
    };
  }

  /**
   * Of all models, or of one that is named: there is always an entry of that, or a reason why not.
   *
   * @throws ServingError `model_not_found`; `model_unloaded`; `model_broken`
   */
  read(name: string | undefined, version: string | undefined): readonly ModelStatistics[] {
    const { catalogue } = this.parts;
    const entries = name === undefined ? catalogue.list() : catalogue.versions({ name, version });
    const counted = entries.filter((entry) => isServed(entry) || this.figures.has(keyOf(entry)));
    // None of its versions is served, so this throws what a request to it would be told.
    if (name !== undefined && counted.length === 0) catalogue.served({ name, version });
    return counted.map((entry) => this.statisticsOf(entry));
  }

  private statisticsOf(entry: CatalogueEntry): ModelStatistics {
    const figures = this.figures.get(keyOf(entry)) ?? new ModelFigures();
    return { name: entry.name, version: entry.version, ...figures.snapshot(), memoryBytes: entry.residentBytes };
  }

  /** Told of every look into the cache of answers. @param elapsedMs that it took */
  looked(model: ModelVersion, outcome: 'hit' | 'miss', elapsedMs: number): void {
    this.of(model).looked(outcome, elapsedMs);
    const labels = labelsOf(model);
    const isHit = outcome === 'hit';
    (isHit ? this.nv.cacheHits : this.nv.cacheMisses).inc(labels);
    (isHit ? this.nv.cacheHitDurationUs : this.nv.cacheMissDurationUs).inc(labels, elapsedMs * 1000);
  }

  private answered(done: Dispatched, elapsedMs: number): void {
    const { model } = done;
    const labels = labelsOf(model);
    this.nv.requestSuccess.inc(labels);
    this.nv.requestDurationUs.inc(labels, elapsedMs * 1000);
    this.nv.firstResponseHistogramMs.observe(labels, elapsedMs);
    if (done.cache === 'hit') this.of(model).answeredFromCache(elapsedMs, this.parts.now());
    else this.ran(done, elapsedMs);
  }

  private ran({ model, timings, batch }: Dispatched, elapsedMs: number): void {
    const { queue = 0, preprocess = 0, run = 0, read = 0 } = timings;
    this.of(model).answered(
      { elapsedMs, queueMs: queue, inputMs: preprocess, inferMs: run, outputMs: read },
      batch,
      this.parts.now(),
    );
    const labels = labelsOf(model);
    this.nv.count.inc(labels, batch.rows);
    if (batch.leads) this.nv.execCount.inc(labels);
    this.nv.queueDurationUs.inc(labels, queue * 1000);
    this.nv.computeInputDurationUs.inc(labels, preprocess * 1000);
    this.nv.computeInferDurationUs.inc(labels, run * 1000);
    this.nv.computeOutputDurationUs.inc(labels, read * 1000);
  }

  private failed(model: ModelVersion, error: ServingError, elapsedMs: number): void {
    this.of(model).failed(elapsedMs);
    this.nv.requestFailure.inc({ ...labelsOf(model), reason: FAILURE_KIND[error.category] });
  }

  private of(model: ModelVersion): ModelFigures {
    const key = keyOf(model);
    const found = this.figures.get(key);
    if (found !== undefined) return found;
    if (this.figures.size >= VERSION_LIMIT) this.forgetUnserved();
    const made = new ModelFigures();
    this.figures.set(key, made);
    return made;
  }

  private forgetUnserved(): void {
    const served = new Set(this.parts.catalogue.list().map(keyOf));
    for (const key of this.figures.keys()) if (!served.has(key)) this.figures.delete(key);
  }
}

const keyOf = ({ name, version }: ModelVersion): string => `${name}\u0000${version}`;
const labelsOf = ({ name, version }: ModelVersion) => ({ model: name, version });
