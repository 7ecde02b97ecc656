/** Where something was observed: a version of a model, and what its images came from. */
export interface MonitorCell {
  readonly model: string;
  readonly version: string;
  readonly site: string;
  readonly scanner: string;
}

/** A sum, by a name and its labels: what is shown as a counter only grows. */
export interface MonitorTotal {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface MonitorSeriesKey extends MonitorCell {
  readonly signal: string;
}

/** A signal of a model at one place. State and verdict are whoever's who watches: here they are kept. */
export interface MonitorSeriesRow extends MonitorSeriesKey {
  readonly state: unknown;
  /** As it was judged last; null before. */
  readonly verdict: unknown;
}

/** An answer that people may say something of later. */
export interface WaitingAnswer extends MonitorCell {
  readonly request: string;
  /** 0 to 1; null where the model does not say how sure it is. */
  readonly score: number | null;
}

export interface ToldVerdict {
  readonly request: string;
  /** Id of the event that tells it: the latest stands. */
  readonly event: string;
  readonly verdict: 'attested' | 'overridden';
  /** Whether the model was right; null where what was said is about something else. */
  readonly isRight: boolean | null;
}

/** An answer together with what was said of it. */
export interface ReviewedAnswer extends WaitingAnswer {
  readonly verdict: 'attested' | 'overridden';
  /** The verdict that this one takes the place of; null where it is the first of its answer. */
  readonly replaced: 'attested' | 'overridden' | null;
}

/** Answers of a model at a site that people judged, by tenth of the score. */
export interface JudgedBin {
  readonly model: string;
  readonly version: string;
  readonly site: string;
  /** 0 to 9. */
  readonly bin: number;
  readonly count: number;
  readonly scoreSum: number;
  readonly right: number;
}

/** An entry of the ledger, as the monitor reads it. */
export interface LedgerPage {
  readonly log: string;
  /** Where to go on after these. */
  readonly next: number;
  readonly entries: readonly { readonly event: string; readonly leaf: Buffer }[];
}

/** What is kept of models, for one who counts on top of it. */
export interface MonitorMemory {
  /** Says who counts: the one who recalled last. */
  readonly turn: number;
  readonly totals: readonly MonitorTotal[];
  readonly series: readonly MonitorSeriesRow[];
}
