/** A phase of a request, in the place that it took in the whole. */
export interface Phase {
  /** As in `provenance.timings`, without its unit; `rest` of time that no phase counts. */
  readonly name: string;
  /** From when the request came. */
  readonly startMs: number;
  readonly durationMs: number;
  /** 1: a phase of another one. */
  readonly level: 0 | 1;
}

export interface Waterfall {
  readonly phases: readonly Phase[];
  readonly totalMs: number;
  /** What was measured from the start of the work at the model on, such as the first word: a moment, no span. */
  readonly marks: readonly { readonly name: string; readonly atMs: number }[];
  /** What is measured, but nobody here knows where it belongs. */
  readonly others: readonly { readonly name: string; readonly durationMs: number }[];
}

/** In the order in which the road of a request goes through them. */
const ROAD = ['decode', 'recognise', 'accept', 'dispatch'] as const;
/** What happens while it is dispatched. */
const AT_THE_MODEL = ['load', 'preprocess', 'queue', 'run', 'read'] as const;
const FIRST_WORD = 'firstToken';
const TOTAL = 'total';

/** A gap that is smaller is the inaccuracy of clocks. */
const LEAST_REST_MS = 0.5;

/**
 * Timings as a waterfall. Phases follow each other, and those at the model follow each other within the dispatch; what is left of
 * either is told as `rest`: the ways between services, and work that no phase counts.
 *
 * @param timings milliseconds by `<phase>Ms`, as `provenance.timings` has them
 */
export function waterfallOf(timings: Readonly<Record<string, number>>): Waterfall {
  const known = new Map(
    Object.entries(timings)
      .filter(([, ms]) => Number.isFinite(ms) && ms >= 0)
      .map(([name, ms]) => [name.replace(/Ms$/, ''), ms]),
  );
  const phases: Phase[] = [];
  const marks: { name: string; atMs: number }[] = [];
  /** Lays phases one after the other. Returns where the last one ends. */
  const lay = (names: readonly string[], fromMs: number, level: 0 | 1): number =>
    names.reduce((startMs, name) => {
      const durationMs = known.get(name);
      if (durationMs === undefined) return startMs;
      phases.push({ name, startMs, durationMs, level });
      if (name === 'dispatch') layInner(startMs, durationMs);
      return startMs + durationMs;
    }, fromMs);
  const rest = (fromMs: number, toMs: number, level: 0 | 1): void => {
    if (toMs - fromMs >= LEAST_REST_MS)
      phases.push({ name: 'rest', startMs: fromMs, durationMs: toMs - fromMs, level });
  };
  const layInner = (startMs: number, durationMs: number): void => {
    const firstMs = known.get(FIRST_WORD);
    const loadedMs = startMs + (known.get('load') ?? 0);
    if (firstMs !== undefined) marks.push({ name: FIRST_WORD, atMs: loadedMs + firstMs });
    if (AT_THE_MODEL.some((name) => known.has(name))) rest(lay(AT_THE_MODEL, startMs, 1), startMs + durationMs, 1);
  };
  const endMs = known.has('dispatch') ? lay(ROAD, 0, 0) : lay([...ROAD, ...AT_THE_MODEL], 0, 0);
  const totalMs = Math.max(known.get(TOTAL) ?? 0, ...phases.map((phase) => phase.startMs + phase.durationMs));
  rest(endMs, totalMs, 0);
  const placed = new Set<string>([...ROAD, ...AT_THE_MODEL, FIRST_WORD, TOTAL]);
  const others = [...known].filter(([name]) => !placed.has(name)).map(([name, durationMs]) => ({ name, durationMs }));
  return { phases, totalMs, marks, others };
}
