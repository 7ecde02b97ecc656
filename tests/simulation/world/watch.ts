import { CLASSES, type Class } from '@medserve/serving';
import type { RequestRow } from './database';
import type { Job } from './job';

export type Invariant = 'A1' | 'A2' | 'A3' | 'A4' | 'A5' | 'L3' | 'M1';

export interface Violation {
  readonly invariant: Invariant;
  readonly what: string;
}

interface Answer {
  readonly id: string;
  readonly bytes: string;
}

const rank = (name: Class): number => CLASSES.indexOf(name);

/** Looks on while a world runs: what was promised at a moment cannot be asked afterwards. */
export class Watch {
  readonly violations: Violation[] = [];
  readonly answers: Answer[] = [];
  private readonly inferences = new Map<string, number>();
  private readonly answerOfKey = new Map<string, Answer>();

  report(invariant: Invariant, what: string): void {
    this.violations.push({ invariant, what });
  }

  /** L3: nobody who waits is more urgent than who is served. */
  taken(job: Job, waiting: Iterable<Job>): void {
    for (const other of waiting)
      if (rank(other.class) < rank(job.class)) this.report('L3', `${job.class} is served while ${other.class} waits`);
  }

  /** L3: nobody loses a place to a less urgent one. */
  evicted(victim: Job, by: Job): void {
    if (rank(victim.class) < rank(by.class)) this.report('L3', `${victim.class} loses its place to ${by.class}`);
  }

  /** L3: no class is refused where a less urgent one would be let in. */
  judged(isAdmitted: (name: Class) => boolean, name: Class): void {
    const lower = CLASSES.slice(rank(name) + 1).find((other) => isAdmitted(other));
    if (lower !== undefined) this.report('L3', `${name} is refused where ${lower} is let in`);
  }

  /** M1: one inference a request. @returns which one it is */
  begun({ request }: Job): number {
    const count = (this.inferences.get(request) ?? 0) + 1;
    this.inferences.set(request, count);
    if (count > 1) this.report('M1', `${request} is inferred ${String(count)} times`);
    return count;
  }

  /** A1: only what nobody will end is ended as abandoned. */
  abandoned({ id, owner, leaseUntilMs }: RequestRow, nowMs: number): void {
    if (!owner.isOver && leaseUntilMs > nowMs) this.report('A1', `${id} is abandoned while its gateway works on it`);
  }

  /** M1: the same key, the same bytes. */
  answered(key: string | undefined, id: string, bytes: string): void {
    this.answers.push({ id, bytes });
    if (key === undefined) return;
    const before = this.answerOfKey.get(key) ?? { id, bytes };
    this.answerOfKey.set(key, before);
    if (before.bytes !== bytes) this.report('M1', `${key} is answered by ${before.id} and by ${id}`);
  }
}
