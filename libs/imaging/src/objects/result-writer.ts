import { join, sep } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ServingError } from '@medserve/errors';
import { fromPlain } from '../threads/plain-error';
import type { ResultInput, ResultObject } from './result-input';
import type { FromWriter, PlainInput, ToWriter } from './worker-messages';

export interface ResultWriterOptions {
  /** For one input, with the reading of its files. */
  readonly timeoutMs: number;
  /** Inputs that may wait. */
  readonly queueLimit: number;
  /** JavaScript heap of the thread in MiB; pixels live outside of it. */
  readonly heapMib?: number;
  /** The compiled `result-worker`; by default the one beside this file, or in `dist/` when this file runs from its source. */
  readonly workerFile?: string;
}

/** Tests run from TypeScript sources, which a thread cannot load: there the compiled worker in `dist/` is used. */
const compiledWorker = (): string => join(__dirname.replace(`${sep}src${sep}`, `${sep}dist${sep}`), 'result-worker.js');

/**
 * Makes result objects on a thread of its own, one input after the other, so that packing bits and drawing pictures delays nobody. A
 * thread that overruns its time or ends is replaced for the next input. Files are read by this side, when the thread asks for them.
 */
export class ResultWriter {
  private readonly options: Required<ResultWriterOptions>;
  private worker: Worker | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private queued = 0;
  private closed = false;

  constructor(options: ResultWriterOptions) {
    this.options = { heapMib: 512, workerFile: compiledWorker(), ...options };
  }

  /**
   * @throws ServingError what `resultObjects` throws; `overloaded` when too many wait; `internal` after a timeout or where the thread
   *   ended; `cancelled` once `signal` aborts before it began; `unavailable` after `close`
   */
  async write(input: ResultInput, signal?: AbortSignal): Promise<ResultObject[]> {
    const { queueLimit } = this.options;
    if (this.queued > queueLimit) {
      const limit = `result queue: ${String(queueLimit)} inputs`;
      throw new ServingError('overloaded', 'Too many results wait to be written.', { limit });
    }
    this.queued += 1;
    const made = this.last.then(() => this.make(input, signal));
    this.last = made.catch(() => undefined);
    try {
      return await made;
    } finally {
      this.queued -= 1;
    }
  }

  /** Something is to be written soon: the thread starts, and loads what it needs, meanwhile. */
  warm(): void {
    if (this.closed || this.worker !== undefined) return;
    this.worker = this.start();
    this.worker.unref();
  }

  /** Gives up what runs and refuses what waits. */
  async close(): Promise<void> {
    this.closed = true;
    await this.worker?.terminate();
    await this.last;
  }

  private async make(input: ResultInput, signal: AbortSignal | undefined): Promise<ResultObject[]> {
    if (this.closed) throw closing();
    if (signal?.aborted === true) throw new ServingError('cancelled', 'The request was cancelled.');
    const worker = (this.worker ??= this.start());
    worker.ref();
    try {
      return await this.ask(worker, input);
    } finally {
      worker.unref();
    }
  }

  /** Settles once: by the objects, by a refusal, by the end of the thread, or by a timer that ends the thread. */
  private ask(worker: Worker, input: ResultInput): Promise<ResultObject[]> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        act();
      };
      const fail = (error: ServingError): void => {
        settle(() => {
          this.worker = undefined;
          void worker.terminate();
          reject(error);
        });
      };
      const { timeoutMs } = this.options;
      const timer = setTimeout(() => {
        fail(new ServingError('internal', `Results took longer than ${String(timeoutMs / 1000)} s to write.`));
      }, timeoutMs);
      const onMessage = (message: FromWriter): void => {
        switch (message.kind) {
          case 'read':
            void this.answer(worker, message, input);
            return;
          case 'made':
            settle(() => {
              resolve(message.objects.map((object) => ({ ...object, bytes: asBuffer(object.bytes) })));
            });
            return;
          case 'refused':
            settle(() => {
              reject(fromPlain(message.error));
            });
        }
      };
      const onError = (cause: Error): void => {
        fail(new ServingError('internal', 'The thread that writes results failed.', { cause }));
      };
      const onExit = (): void => {
        fail(this.closed ? closing() : new ServingError('internal', 'The thread that writes results ended.'));
      };
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage({ kind: 'make', input: plainOf(input) } satisfies ToWriter);
    });
  }

  /** A file that cannot be read fails the input in the thread, which waits for it. */
  private async answer(
    worker: Worker,
    { read, run, source }: FromWriter & { kind: 'read' },
    input: ResultInput,
  ): Promise<void> {
    const bytes = await input.runs[run]?.sources[source]?.read().catch(() => undefined);
    worker.postMessage({ kind: 'file', read, ...(bytes === undefined ? {} : { bytes }) } satisfies ToWriter);
  }

  private start(): Worker {
    const worker = new Worker(this.options.workerFile, {
      resourceLimits: { maxOldGenerationSizeMb: this.options.heapMib, stackSizeMb: 4 },
    });
    // A thread that ends while it has nothing to do has nobody to tell; the next input starts another.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = undefined;
    });
    return worker;
  }
}

const closing = (): ServingError => new ServingError('unavailable', 'The platform is shutting down.');

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

const plainOf = ({ runs, ...rest }: ResultInput): PlainInput => ({
  ...rest,
  runs: runs.map(({ sources, ...run }) => ({ ...run, headers: sources.map(({ header }) => header) })),
});
