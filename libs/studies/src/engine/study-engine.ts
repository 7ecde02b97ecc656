import { LostLeaseError, type StudyObserver, type StudyStore } from './ports';
import type { StudyWork } from './study-work';
import type { StudyWorker } from './study-worker';

export interface StudyEngineParts {
  readonly store: StudyStore;
  readonly worker: Pick<StudyWorker, 'advance'>;
  readonly observer: StudyObserver;
  /** Who holds what is claimed: another one for every process. */
  readonly holder: string;
  /** Studies under work at once: each may have the files of a series in memory. */
  readonly concurrency: number;
  /** Beyond these: only for looks, and for what is stat or urgent, so that neither waits for a slow model that is at work. */
  readonly expressConcurrency: number;
  readonly pollMs: number;
  /** Held so long without a sign of life. */
  readonly leaseMs: number;
}

/**
 * Takes generations that are due, as many as it has room for, and has each brought on. Any number of engines may run: each generation is
 * one's at a time, and one that dies loses its generations to the others when their leases end.
 */
export class StudyEngine {
  private readonly ending = new AbortController();
  private readonly underWork = new Set<Promise<void>>();
  private readonly onExpress = new Set<Promise<void>>();
  private ring: () => void = () => undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: StudyEngineParts) {}

  start(): this {
    this.running = this.run();
    return this;
  }

  /** Something may be due. */
  wake(): void {
    this.ring();
  }

  /** Takes nothing more and lets go of everything; resolves when nothing is held. */
  async close(): Promise<void> {
    this.ending.abort();
    this.wake();
    await this.running;
    await Promise.all([...this.underWork, ...this.onExpress]);
  }

  private async run(): Promise<void> {
    while (!this.ending.signal.aborted) {
      const bell = this.bell();
      const isBusy = await this.take();
      if (isBusy) bell.silence();
      else await bell.rung;
    }
  }

  /** @returns whether there may be more */
  private async take(): Promise<boolean> {
    const { concurrency, expressConcurrency, observer } = this.parts;
    const isExpress = this.underWork.size >= concurrency;
    const [lane, places] = isExpress ? [this.onExpress, expressConcurrency] : [this.underWork, concurrency];
    const room = places - lane.size;
    if (room <= 0) return false;
    try {
      const claimed = await this.parts.store.claim(this.parts.holder, room, this.parts.leaseMs, isExpress);
      for (const work of claimed) this.begin(work, lane);
      return claimed.length === room;
    } catch (error) {
      observer.failed('claim', error);
      return false;
    }
  }

  private begin(work: StudyWork, lane: Set<Promise<void>>): void {
    const lost = new AbortController();
    const beat = setInterval(() => {
      this.renew(work, lost);
    }, this.parts.leaseMs / 4);
    const hasRoom = (): boolean => lane === this.underWork && lane.size < this.parts.concurrency;
    const done = this.parts.worker
      .advance(work, AbortSignal.any([lost.signal, this.ending.signal]), hasRoom)
      .catch((error: unknown) => {
        this.parts.observer.failed('advance', error);
      })
      .finally(() => {
        clearInterval(beat);
        lane.delete(done);
        this.wake();
      });
    lane.add(done);
  }

  /** What cannot be renewed for a while is lost by its time; what is somebody else's, at once. */
  private renew(work: StudyWork, lost: AbortController): void {
    this.parts.store.renew(work, this.parts.leaseMs).catch((error: unknown) => {
      if (error instanceof LostLeaseError) lost.abort(error);
      else this.parts.observer.failed('renew', error);
    });
  }

  /** Hung up before the look at the store, so that what comes during it is not slept over. */
  private bell(): { readonly rung: Promise<void>; silence(): void } {
    let timer: NodeJS.Timeout | undefined;
    const rung = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.parts.pollMs);
      this.ring = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    return {
      rung,
      silence: () => {
        clearTimeout(timer);
      },
    };
  }
}
