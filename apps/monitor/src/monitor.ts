import { decodeEvent, type EventMessage, type LedgerEvent } from '@medserve/events';
import type { Logger, MonitorInstruments } from '@medserve/runtime';
import {
  calibrationError,
  calibrationThreshold,
  judgeDrift,
  type DriftPlan,
  type DriftRules,
  type ScoreBin,
} from '@medserve/serving';
import { LostTurnError, type LedgerPage, type MonitorStore } from '@medserve/storage';
import { countEvent, countReviewed, isCounted } from './count-event';
import { Metrics } from './metrics';
import { Names } from './names';
import { WatchedSeries, type JudgedSeries } from './watched-series';

export interface MonitorParts {
  readonly store: MonitorStore;
  readonly instruments: MonitorInstruments;
  readonly logger: Logger;
  readonly plan: DriftPlan;
  readonly rules: DriftRules;
  readonly nowMs: () => number;
}

type Cursor = Pick<LedgerPage, 'log' | 'next'>;
/** By their ids. */
type Events = ReadonlyMap<string, LedgerEvent>;

/** Reviewed answers of a model at a site below which nothing is said about its calibration. */
const LEAST_REVIEWED = 20;

/**
 * Counts events, each once, and shows what they come to. What is shown is what was committed: one that starts shows what the one before
 * it had, and a batch that could not be committed is shown when it comes again.
 */
export class Monitor {
  private readonly metrics: Metrics;
  private readonly names = new Names();
  private series: WatchedSeries;
  /** A commit of which nobody knows whether it succeeded: what was kept is read before anything is counted on top of it. */
  private isUnsure = true;
  /** With which what is known here was read. */
  private memoryTurn = 0;
  /** Of the last event that came, counted or not. */
  private newestMs: number | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(private readonly parts: MonitorParts) {
    this.metrics = new Metrics(parts.instruments);
    this.series = new WatchedSeries(parts.plan, []);
  }

  /** Goes on from what was kept. */
  static async resume(parts: MonitorParts): Promise<Monitor> {
    const monitor = new Monitor(parts);
    await monitor.recall();
    return monitor;
  }

  /** Counts what was not counted before. Resolves when that is on disk; rejects when it must come again. */
  take(messages: readonly EventMessage[], cursor?: Cursor): Promise<void> {
    return this.inTurn(async () => {
      const read = this.read(messages);
      const newest = read.at(-1);
      if (newest !== undefined) this.newestMs = Date.parse(newest.at);
      const events = new Map(read.map((event) => [event.id.toLowerCase(), event]));
      if (events.size > 0 || cursor !== undefined) await this.countOn(events, cursor);
      this.parts.instruments.eventsRead.inc(messages.length);
    });
  }

  /** Shows nothing from now on. */
  leave(): Promise<void> {
    return this.inTurn(() => {
      this.metrics.hide();
      return Promise.resolve();
    });
  }

  private async countOn(events: Events, cursor: Cursor | undefined): Promise<void> {
    if (this.isUnsure) await this.recall();
    this.isUnsure = true;
    try {
      await this.count(events, cursor);
    } catch (error) {
      if (!(error instanceof LostTurnError)) throw error;
      await this.recall();
      this.isUnsure = true;
      await this.count(events, cursor);
    }
    this.isUnsure = false;
  }

  private async count(events: Events, cursor: Cursor | undefined): Promise<void> {
    const done = await this.parts.store.count([...events.keys()], { turn: this.memoryTurn, cursor }, async (batch) => {
      const found = [...events].filter(([id]) => batch.fresh.has(id)).map(([, event]) => countEvent(event, this.names));
      const reviewed = [
        ...(await batch.keepAnswers(found.flatMap(({ answer }) => answer ?? []))),
        ...(await batch.keepVerdicts(found.flatMap(({ verdict }) => verdict ?? []))),
      ];
      const counts = [...found.flatMap((one) => one.counts), ...reviewed.flatMap(countReviewed)];
      const changed = this.series.with(found.flatMap(({ sightings }) => sightings));
      const series = [...changed.values()].map((one) => ({ ...one.key, state: one.series.snapshot() }));
      return { totals: this.metrics.totalsOf(counts), series, counts, changed };
    });
    this.metrics.show(done.counts);
    this.series.put(done.changed);
  }

  /** Judges what was seen until now, and shows and keeps the verdicts. */
  look(): Promise<readonly JudgedSeries[]> {
    return this.inTurn(() => this.lookNow());
  }

  private async lookNow(): Promise<readonly JudgedSeries[]> {
    const { store, instruments, nowMs } = this.parts;
    instruments.behindSeconds.set(this.newestMs === undefined ? 0 : Math.max(0, nowMs() - this.newestMs) / 1_000);
    this.newestMs = undefined;
    if ((await store.relearn()) || this.isUnsure) await this.recall();
    const judged = this.judge();
    this.showDrift(judged);
    await store.keepJudgements(judged.map(({ key, verdict }) => ({ ...key, verdict })));
    await this.showCalibration();
    return judged;
  }

  private async recall(): Promise<void> {
    const { store, plan } = this.parts;
    const { turn, totals, series } = await store.recall();
    for (const { labels } of totals) this.admit(labels);
    for (const { model, version, site, scanner } of series) this.names.place({ model, version }, site, scanner);
    this.metrics.restore(totals);
    this.series = new WatchedSeries(plan, series);
    this.memoryTurn = turn;
    this.isUnsure = false;
  }

  /** One thing at a time: a series that is forgotten must not come back with what was counted meanwhile. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private judge(): JudgedSeries[] {
    const compared = this.series.entries().flatMap(({ key, series }) => {
      const samples = series.samples();
      const isOrdered = key.signal !== 'label' && key.signal !== 'decision';
      return samples === undefined ? [] : [{ key, comparison: { samples, isOrdered } }];
    });
    const verdicts = judgeDrift(
      compared.map(({ comparison }) => comparison),
      this.parts.rules,
    );
    return compared.flatMap(({ key }, at) => {
      const verdict = verdicts[at];
      return verdict === undefined ? [] : [{ key, verdict }];
    });
  }

  private showDrift(judged: readonly JudgedSeries[]): void {
    const { driftPsi, driftThreshold, driftKs, drifted, windowSamples } = this.parts.instruments;
    for (const gauge of [driftPsi, driftThreshold, driftKs, drifted, windowSamples]) gauge.reset();
    for (const { key, series } of this.series.entries()) windowSamples.set({ ...key }, series.windowSamples);
    for (const { key, verdict } of judged) {
      driftPsi.set({ ...key }, verdict.psi);
      driftThreshold.set({ ...key }, verdict.psiThreshold);
      driftKs.set({ ...key }, verdict.ks);
      drifted.set({ ...key }, verdict.hasDrifted ? 1 : 0);
    }
  }

  private async showCalibration(): Promise<void> {
    const { store, instruments } = this.parts;
    const places = new Map<
      string,
      { readonly labels: Record<'model' | 'version' | 'site', string>; bins: ScoreBin[] }
    >();
    for (const { model, version, site, ...bin } of await store.judged()) {
      const key = JSON.stringify([model, version, site]);
      const place = places.get(key) ?? { labels: { model, version, site }, bins: [] };
      place.bins.push(bin);
      places.set(key, place);
    }
    instruments.calibrationError.reset();
    instruments.calibrationThreshold.reset();
    for (const { labels, bins } of places.values()) {
      const reviewed = bins.reduce((sum, { count }) => sum + count, 0);
      if (reviewed < LEAST_REVIEWED) continue;
      instruments.calibrationError.set(labels, calibrationError(bins));
      instruments.calibrationThreshold.set(labels, calibrationThreshold(bins));
    }
  }

  /** What is no event is passed over: the ledger has looked at it, and told of it. */
  private read(messages: readonly EventMessage[]): LedgerEvent[] {
    let unreadable = 0;
    const events = messages.flatMap(({ bytes }) => {
      try {
        const said = JSON.parse(bytes.toString('utf8')) as { readonly event?: unknown } | null;
        return isCounted(said?.event) ? [decodeEvent(bytes)] : [];
      } catch {
        unreadable += 1;
        return [];
      }
    });
    if (unreadable > 0) this.parts.logger.warn('messages that are no events were not counted', { count: unreadable });
    return events;
  }

  private admit(labels: Readonly<Record<string, string>>): void {
    const { model, version, site, scanner, label, tenant, department, task, modality } = labels;
    if (model !== undefined && model !== '') this.names.model(model, version ?? '');
    const others = { site, scanner, label, tenant, department, task, modality };
    for (const [kind, name] of Object.entries(others))
      if (name !== undefined) this.names.of(kind as keyof typeof others, name);
  }
}
