import { binCount, binningOf, binOf, countsOf, type Binning, type Observed } from './binning';
import type { TwoSamples } from './stability-index';

/** How much a series remembers. */
export interface DriftPlan {
  /** Values that make the reference, after which it is frozen. Of words, every second one names the classes and the others are counted. */
  readonly referenceSamples: number;
  /** Latest values that are compared with it, at most. */
  readonly windowSamples: number;
  /** Fewer are not compared. */
  readonly leastSamples: number;
}

export const DRIFT_PLAN: DriftPlan = { referenceSamples: 500, windowSamples: 500, leastSamples: 100 };

/** Of a series, as it is kept: while it learns, values; after that, counts only. */
export type DriftState =
  | { readonly state: 'learning'; readonly values: readonly Observed[] }
  | {
      readonly state: 'watching';
      readonly binning: Binning;
      readonly reference: readonly number[];
      /** The window in parts, oldest first: the oldest goes as a whole when the newest is full. */
      readonly panes: readonly (readonly number[])[];
    };

/** Classes of the reference: fine enough for distribution functions to be compared. */
const BINS = 40;
const PANES = 10;

const paneSamplesOf = ({ windowSamples }: Pick<DriftPlan, 'windowSamples'>): number =>
  Math.max(1, Math.floor(windowSamples / PANES));

/** What a window always holds once it was full: it is this small when the oldest part has just gone. */
export const surelyInWindow = (plan: Pick<DriftPlan, 'windowSamples'>): number => paneSamplesOf(plan) * (PANES - 1);

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/**
 * One signal of one model at one place: the first values are its reference, the latest its window. What it holds is bounded, and does
 * not grow with how many values it saw.
 */
export class DriftSeries {
  private state: DriftState;
  /** While it learns: its own, to which each value is added. */
  private readonly learnt: Observed[];

  private constructor(
    private readonly plan: DriftPlan,
    state: DriftState,
  ) {
    this.learnt = state.state === 'learning' ? [...state.values] : [];
    this.state = state.state === 'learning' ? { state: 'learning', values: this.learnt } : state;
  }

  static fresh(plan: DriftPlan): DriftSeries {
    return new DriftSeries(plan, { state: 'learning', values: [] });
  }

  static of(plan: DriftPlan, state: DriftState): DriftSeries {
    return new DriftSeries(plan, state);
  }

  /** As it can be kept, and made again from. */
  snapshot(): DriftState {
    return this.state;
  }

  /** A series that goes its own way from here. */
  copy(): DriftSeries {
    return new DriftSeries(this.plan, this.state);
  }

  get referenceSamples(): number {
    return this.state.state === 'learning' ? this.state.values.length : total(this.state.reference);
  }

  get windowSamples(): number {
    return this.state.state === 'learning' ? 0 : this.state.panes.reduce((sum, pane) => sum + total(pane), 0);
  }

  observe(value: Observed): void {
    this.state = this.state.state === 'learning' ? this.learn(value) : this.seen(this.state, value);
  }

  /** Both samples in the same classes; undefined while there are too few of either. */
  samples(): TwoSamples | undefined {
    if (this.state.state === 'learning' || this.windowSamples < this.plan.leastSamples) return undefined;
    const { reference, panes } = this.state;
    return { reference, window: reference.map((_, at) => panes.reduce((sum, pane) => sum + (pane[at] ?? 0), 0)) };
  }

  private learn(value: Observed): DriftState {
    this.learnt.push(value);
    if (this.learnt.length < this.plan.referenceSamples) return this.state;
    const values = this.learnt.splice(0);
    // Counted where they were listed, no word would be new in the reference, and many would soon be new in the window.
    const isOfWords = typeof values[0] === 'string';
    const [naming, counted] = [0, 1].map((half) =>
      isOfWords ? values.filter((_, at) => at % 2 === half) : values,
    ) as [Observed[], Observed[]];
    const binning = binningOf(naming, BINS);
    return { state: 'watching', binning, reference: countsOf(binning, counted), panes: [] };
  }

  private seen(state: Extract<DriftState, { state: 'watching' }>, value: Observed): DriftState {
    const paneSamples = paneSamplesOf(this.plan);
    const last = state.panes.at(-1);
    const isFull = last === undefined || total(last) >= paneSamples;
    const pane = isFull ? new Array<number>(binCount(state.binning)).fill(0) : [...last];
    const bin = binOf(state.binning, value);
    pane[bin] = (pane[bin] ?? 0) + 1;
    const before = isFull ? state.panes : state.panes.slice(0, -1);
    return { ...state, panes: [...before, pane].slice(-PANES) };
  }
}
