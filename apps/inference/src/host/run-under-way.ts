import type { Ticket } from './ticket';

/** JSON has no infinity; a request without a deadline may run for a day. */
const LONGEST_MS = 86_400_000;
/** What a run may take before it can overrun anything. */
const LEAST_MS = 1_000;

/** The batches of a turn, which cannot be stopped, and who still waits for them. */
export class RunUnderWay {
  readonly tickets: readonly Ticket[];
  readonly cost: number;
  readonly rows: number;
  private living: number;
  private abandonedAtMs: number | undefined;

  constructor(
    readonly batches: readonly (readonly Ticket[])[],
    readonly startedAtMs: number,
  ) {
    this.tickets = batches.flat();
    this.living = this.tickets.length;
    this.cost = this.tickets.reduce((sum, { cost }) => sum + cost, 0);
    this.rows = this.tickets.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** One of its callers waits no more. */
  leave(nowMs: number): void {
    this.living -= 1;
    if (this.living === 0) this.abandonedAtMs = nowMs;
  }

  forMs(nowMs: number): number {
    return nowMs - this.startedAtMs;
  }

  abandonedForMs(nowMs: number): number | undefined {
    return this.abandonedAtMs === undefined ? undefined : nowMs - this.abandonedAtMs;
  }

  /** What was left at its start of the latest deadline of those who still wait; when none does, of all. */
  get deadlineMs(): number {
    const waiting = this.tickets.filter(({ request }) => !request.signal.aborted);
    const tickets = waiting.length > 0 ? waiting : this.tickets;
    return Math.min(Math.max(...tickets.map(({ deadlineAtMs }) => deadlineAtMs)) - this.startedAtMs, LONGEST_MS);
  }

  /** How far it is beyond its time; the run of which this is largest is the one to be judged. */
  overrunMs(nowMs: number): number {
    return this.forMs(nowMs) - 2 * Math.max(this.deadlineMs, LEAST_MS);
  }
}
