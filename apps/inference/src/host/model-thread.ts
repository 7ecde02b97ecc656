import type { Worker } from 'node:worker_threads';
import type { BatchRunner } from './instance';
import { ownBytes } from './own-bytes';
import type { Ticket } from './ticket';
import type { BatchOutcome, FromWorker, LoadedModelInfo, ModelRules, ToWorker } from './worker-messages';
import type { Writer, WriterEvents, WritingOrder } from './writer';

type Load = Omit<ToWorker & { readonly kind: 'load' }, 'kind'>;

export interface ThreadEvents {
  /** All code is loaded. */
  readonly onWaiting: () => void;
  /** The thread ended, and with it the host has to. */
  readonly onLost: () => void;
}

interface Loading {
  readonly opened: (rules: ModelRules) => void;
  readonly loaded: (info: LoadedModelInfo) => void;
  readonly broken: (error: Error) => void;
}

interface Job {
  readonly tickets: readonly Ticket[];
  readonly done: (outcomes: readonly BatchOutcome[]) => void;
}

/** A worker thread that holds the model, seen from the host's main thread: an instance of one that runs, or one that writes. */
export class ModelThread implements BatchRunner, Writer {
  private writing: WriterEvents | undefined;
  private job: Job | undefined;
  private loading: Loading | undefined;

  constructor(
    private readonly worker: Worker,
    { onWaiting, onLost }: ThreadEvents,
  ) {
    this.worker.on('message', (message: FromWorker) => {
      switch (message.kind) {
        case 'waiting':
          onWaiting();
          return;
        case 'opened':
          this.loading?.opened(message);
          return;
        case 'loaded':
          this.loading?.loaded(message);
          return;
        case 'broken':
          this.loading?.broken(new Error(message.detail));
          return;
        case 'progress':
          this.job?.tickets[message.job]?.request.progress(message.phase, message.percent);
          this.writing?.onProgress(message.job, message.phase, message.percent);
          return;
        case 'wrote':
          this.writing?.onParts(message.parts);
          return;
        case 'ended':
          this.writing?.onEnd(message);
          return;
        case 'stats':
          this.writing?.onStats(message.stats);
          return;
        case 'done': {
          const { job } = this;
          this.job = undefined;
          job?.done(message.outcomes);
        }
      }
    });
    this.worker.on('error', onLost);
    this.worker.on('exit', onLost);
  }

  /**
   * @param opened is told how the model is served, as soon as that is known.
   * @throws Error whose message tells what is wrong with the package.
   */
  load(load: Load, opened: (rules: ModelRules) => void = () => undefined): Promise<LoadedModelInfo> {
    return new Promise((loaded, broken) => {
      this.loading = { opened, loaded, broken };
      this.post({ kind: 'load', ...load }, []);
    });
  }

  /**
   * Runs the batches of a turn, the requests of each together; one turn at a time. The requests' `bytes` are given away and must not
   * be used any more.
   */
  run(turn: readonly (readonly Ticket[])[], nowMs: number): Promise<readonly BatchOutcome[]> {
    const batches = turn.map((tickets) =>
      tickets.map(({ request }) => ({
        frame: ownBytes(request.bytes),
        queuedMs: nowMs - request.receivedAtMs,
        wantsProgress: request.routing.wantsProgress,
      })),
    );
    return new Promise((done) => {
      this.job = { tickets: turn.flat(), done };
      this.post(
        { kind: 'run', batches },
        batches.flat().map(({ frame }) => frame.buffer),
      );
    });
  }

  listen(events: WriterEvents): void {
    this.writing = events;
  }

  /** The order's frame is given away and must not be used any more. */
  start(order: WritingOrder): void {
    this.post({ kind: 'start', ...order }, [order.frame.buffer]);
  }

  cancel(job: number): void {
    this.post({ kind: 'cancel', job }, []);
  }

  private post(message: ToWorker, transfer: ArrayBuffer[]): void {
    this.worker.postMessage(message, transfer);
  }
}
