import type { Class } from '../classes';
import { expectedRunMs, leastRunMs, type RunTimes } from './run-times';

/** A waiting request, as batches see it. Times are milliseconds on one clock. */
export interface BatchCandidate {
  readonly class: Class;
  /** Requests run together only when theirs are equal. */
  readonly signature: string;
  /** Along the batch axis. */
  readonly rows: number;
  readonly cost: number;
  readonly arrivedAtMs: number;
  readonly deadlineAtMs: number;
}

export interface BatchRules {
  /** Whether requests are put together at all. */
  readonly together: boolean;
  /** Rows of one run. A single request may have more only where requests are not put together. */
  readonly maxRows: number;
  /** Batch sizes worth waiting for; may be empty: then only a full batch is. */
  readonly preferredRows: readonly number[];
  /** How long an idle instance waits for more, from the arrival of the oldest request of the batch; 0: not at all. */
  readonly maxDelayMs: number;
}

export type BatchDecision<T> =
  /** To be run now, together. */
  | { readonly kind: 'run'; readonly batch: readonly T[]; readonly late: readonly T[] }
  /** Nothing yet; ask again then, or when a request arrives. */
  | { readonly kind: 'wait'; readonly untilMs: number; readonly late: readonly T[] }
  | { readonly kind: 'nothing'; readonly late: readonly T[] };

/** How much longer a run may take because less urgent requests come along: as much as is lost in its variation anyway. */
const RIDE_FACTOR = 1.1;

/**
 * What an instance that is free at `nowMs` does. The batch is formed now and not before, so it stays open for whatever
 * arrives while all instances are busy: the head of the queue, and after it in queue order what may run with it.
 *
 * `late` are requests that the queue has to answer otherwise: their deadline has passed, or passes before any run could end
 * while others wait who can still be helped. The last one waiting is always run: what was learned may be out of date.
 *
 * @param waiting in queue order.
 */
export function formBatch<T extends BatchCandidate>(
  waiting: Iterable<T>,
  rules: BatchRules,
  times: RunTimes,
  nowMs: number,
): BatchDecision<T> {
  const late: T[] = [];
  const hopeless: T[] = [];
  const batch = new OpenBatch<T>(rules, times, nowMs);
  for (const candidate of waiting) {
    if (candidate.deadlineAtMs <= nowMs) late.push(candidate);
    else if (nowMs + leastRunMs(times, candidate.cost) > candidate.deadlineAtMs) hopeless.push(candidate);
    else batch.offer(candidate);
    if (batch.full) break;
  }
  const { items } = batch;
  if (items.length === 0) {
    const last = hopeless.pop();
    late.push(...hopeless);
    return last ? { kind: 'run', batch: [last], late } : { kind: 'nothing', late };
  }
  late.push(...hopeless);
  const untilMs = batch.waitsUntilMs();
  return untilMs > nowMs ? { kind: 'wait', untilMs, late } : { kind: 'run', batch: batch.preferredPart(), late };
}

/**
 * A batch while it is formed. Nobody comes along who would make someone in it miss a deadline that could be met without, and
 * who is less urgent than the head only where that is known to cost the head next to nothing.
 */
class OpenBatch<T extends BatchCandidate> {
  readonly items: T[] = [];
  private rows = 0;
  private cost = 0;
  /** Of those who are as urgent as the head. */
  private headCost = 0;
  /** The earliest deadline that can be met. */
  private dueAtMs = Number.POSITIVE_INFINITY;

  constructor(
    private readonly rules: BatchRules,
    private readonly times: RunTimes,
    private readonly nowMs: number,
  ) {}

  get full(): boolean {
    return this.items.length > 0 && (!this.rules.together || this.rows >= this.rules.maxRows);
  }

  offer(candidate: T): void {
    const runMs = expectedRunMs(this.times, this.cost + candidate.cost);
    if (this.items.length > 0 && !this.fits(candidate, runMs)) return;
    this.items.push(candidate);
    this.rows += candidate.rows;
    this.cost += candidate.cost;
    if (candidate.class === this.items[0]?.class) this.headCost += candidate.cost;
    const isMet = this.nowMs + (runMs ?? 0) <= candidate.deadlineAtMs;
    if (isMet) this.dueAtMs = Math.min(this.dueAtMs, candidate.deadlineAtMs);
  }

  /** Until when it may wait for more. Never for `stat`, and never so long that a deadline could not be met any more. */
  waitsUntilMs(): number {
    const { together, maxRows, maxDelayMs, preferredRows } = this.rules;
    const isEnough = this.rows >= Math.min(maxRows, ...preferredRows);
    if (!together || maxDelayMs === 0 || isEnough || this.items[0]?.class === 'stat') return Number.NEGATIVE_INFINITY;
    const oldestAtMs = Math.min(...this.items.map(({ arrivedAtMs }) => arrivedAtMs));
    const runMs = expectedRunMs(this.times, this.cost) ?? 0;
    return Math.min(oldestAtMs + maxDelayMs, this.dueAtMs - runMs);
  }

  /** The longest beginning that has a preferred size; where none has, all. */
  preferredPart(): T[] {
    let rows = 0;
    let length = 0;
    this.items.forEach((item, index) => {
      rows += item.rows;
      if (this.rules.preferredRows.includes(rows)) length = index + 1;
    });
    return length > 0 ? this.items.slice(0, length) : this.items;
  }

  private fits(candidate: T, togetherMs: number | undefined): boolean {
    const [head] = this.items;
    if (!head || candidate.signature !== head.signature) return false;
    if (this.rows + candidate.rows > this.rules.maxRows) return false;
    if (candidate.class !== head.class) {
      const aloneMs = expectedRunMs(this.times, this.headCost);
      if (aloneMs === undefined || togetherMs === undefined || togetherMs > RIDE_FACTOR * aloneMs) return false;
    }
    return togetherMs === undefined || this.nowMs + togetherMs <= this.dueAtMs;
  }
}
