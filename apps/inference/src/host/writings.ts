import type { SlotsHeld } from '@medserve/serving';
import type { HostFigures } from './messages';
import type { WritingTicket } from './writing-ticket';

/** Longer than any single step takes: the encoder on one image, or one run over a part of a prompt. */
const LONGEST_STEP_MS = 60_000;

/** A request that the thread has, until it says that the slots are free. */
export interface WritingUnderWay extends SlotsHeld {
  readonly job: number;
  readonly ticket: WritingTicket;
  isRead: boolean;
  /** When its caller stopped waiting. */
  leftAtMs: number | undefined;
}

/**
 * What the thread is writing. It is judged by how long the thread has said nothing: an answer may take minutes, but between two
 * steps the thread always says something.
 */
export class Writings {
  private readonly all = new Map<number, WritingUnderWay>();
  private jobs = 0;
  private heardAtMs = 0;

  constructor(private readonly slots: number) {}

  get size(): number {
    return this.all.size;
  }

  get freeSlots(): number {
    let free = this.slots;
    for (const { slots } of this.all.values()) free -= slots;
    return free;
  }

  /** Those that somebody waits for. */
  living(): readonly WritingUnderWay[] {
    return [...this.all.values()].filter(({ leftAtMs }) => leftAtMs === undefined);
  }

  add(ticket: WritingTicket, nowMs: number): WritingUnderWay {
    // Who was not writing had nothing to say.
    if (this.all.size === 0) this.heardAtMs = nowMs;
    this.jobs += 1;
    const { class: name, slots } = ticket;
    const writing = {
      job: this.jobs,
      ticket,
      class: name,
      slots,
      startedAtMs: nowMs,
      isRead: false,
      leftAtMs: undefined,
    };
    this.all.set(writing.job, writing);
    return writing;
  }

  find(job: number): WritingUnderWay | undefined {
    return this.all.get(job);
  }

  of(ticket: WritingTicket): WritingUnderWay | undefined {
    return [...this.all.values()].find((writing) => writing.ticket === ticket);
  }

  /** @returns what it was; absent: it had been taken away before */
  remove(job: number): WritingUnderWay | undefined {
    const writing = this.all.get(job);
    this.all.delete(job);
    return writing;
  }

  /** The thread said something. */
  heard(nowMs: number): void {
    this.heardAtMs = nowMs;
  }

  /** For who watches whether the thread is stuck. */
  figures(nowMs: number): Pick<HostFigures, 'running' | 'abandonedForMs'> {
    if (this.all.size === 0) return { running: undefined, abandonedForMs: undefined };
    const living = this.living();
    const waiting = living.length > 0 ? living : [...this.all.values()];
    const deadlineMs = Math.max(...waiting.map(({ ticket }) => ticket.deadlineAtMs)) - this.heardAtMs;
    const left = [...this.all.values()].flatMap(({ leftAtMs }) => leftAtMs ?? []);
    return {
      running: { forMs: nowMs - this.heardAtMs, deadlineMs: Math.min(deadlineMs, LONGEST_STEP_MS) },
      abandonedForMs: living.length > 0 ? undefined : nowMs - Math.max(...left),
    };
  }
}
