import { RUN_LOST, ServingError } from '@medserve/errors';
import { startDeadline } from './deadline-timer';

export interface ExchangeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Wait for an answer at most this long, in milliseconds. */
  readonly deadlineMs?: number | undefined;
  /** Called with every frame before the last one, progress or delta, as it came. */
  readonly onProgress?: ((bytes: Buffer) => void) | undefined;
}

/**
 * One request that waits for its last frame; settles once. Whether its frame had left decides what a broken stream means:
 * `unavailable` (nobody saw it, it may be sent again) or `inference_failed` (it may have been worked on).
 */
export class Exchange {
  readonly answer: Promise<Buffer>;
  sent = false;
  settled = false;
  /** Called once when the answer is not awaited any more although it was not given. */
  onAbandoned: () => void = () => undefined;
  private resolve!: (bytes: Buffer) => void;
  private reject!: (error: ServingError) => void;
  private readonly timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ExchangeOptions) {
    this.answer = new Promise<Buffer>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    const { signal, deadlineMs } = options;
    if (deadlineMs !== undefined && Number.isFinite(deadlineMs)) {
      this.timer = startDeadline(deadlineMs, this.expired);
    }
    if (signal?.aborted) this.aborted();
    else signal?.addEventListener('abort', this.aborted, { once: true });
  }

  succeed(bytes: Buffer): void {
    if (this.settle()) this.resolve(bytes);
  }

  fail(error: ServingError): void {
    if (this.settle()) this.reject(error);
  }

  progress(bytes: Buffer): void {
    if (this.settled) return;
    try {
      this.options.onProgress?.(bytes);
    } catch (cause) {
      // Of this caller's own: the others on the stream go on.
      this.abandon(new ServingError('internal', 'The progress of a request could not be told.', { cause }));
    }
  }

  streamBroke(cause: unknown): void {
    this.fail(
      this.sent
        ? new ServingError('inference_failed', 'The connection broke while the request was being worked on.', {
            ...RUN_LOST,
            cause,
          })
        : new ServingError('unavailable', 'The next part of the platform cannot be reached.', { cause }),
    );
  }

  private settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    clearTimeout(this.timer);
    this.options.signal?.removeEventListener('abort', this.aborted);
    return true;
  }

  private readonly expired = (): void => {
    this.abandon(new ServingError('deadline_exceeded', 'The deadline passed before there was an answer.'));
  };

  private readonly aborted = (): void => {
    const reason: unknown = this.options.signal?.reason;
    this.abandon(
      reason instanceof ServingError
        ? reason
        : new ServingError('cancelled', 'The caller went away.', { cause: reason }),
    );
  };

  private abandon(error: ServingError): void {
    if (this.settled) return;
    this.fail(error);
    this.onAbandoned();
  }
}
