import { ServingError } from '@medserve/errors';
import { fromRequestClass, type EncodedFrame, type IncomingRequest } from '@medserve/rpc';
import { ClassQueue } from '@medserve/serving';

/** Runs one request to its last frame; does not throw for what the request did. */
export type RunRequest = (request: IncomingRequest, queuedMs: number) => Promise<EncodedFrame>;

interface Job {
  readonly request: IncomingRequest;
  resolve(frame: EncodedFrame): void;
  reject(error: ServingError): void;
}

/**
 * The queue of a model host: bounded, by class, one request running. A request whose caller left or whose deadline passed
 * gives its place back at once when it waits; when it runs, it runs to its end for nobody, because a run cannot be stopped.
 */
export class Scheduler {
  private readonly queue: ClassQueue<Job>;
  private running: { readonly sinceMs: number; readonly deadlineMs: number } | undefined;
  private draining = false;
  private lastUsedAtMs = performance.now();
  private onEmpty: () => void = () => undefined;

  constructor(
    private readonly run: RunRequest,
    maxQueue: number,
  ) {
    this.queue = new ClassQueue(maxQueue);
  }

  /** @throws ServingError `overloaded`; `unavailable` while draining (the request was not begun). */
  submit(request: IncomingRequest): Promise<EncodedFrame> {
    return new Promise((resolve, reject) => {
      if (this.draining) {
        reject(new ServingError('unavailable', 'The model is being unloaded.'));
        return;
      }
      const job: Job = { request, resolve, reject };
      if (!this.queue.offer(job, fromRequestClass(request.routing.requestClass))) {
        const limit = `requests waiting for one model: ${String(this.queue.limit)}`;
        reject(new ServingError('overloaded', 'All places in the queue of the model are taken.', { limit }));
        return;
      }
      this.lastUsedAtMs = performance.now();
      if (this.running) request.progress('queued', 20);
      request.signal.addEventListener('abort', () => {
        if (this.queue.remove(job)) reject(request.signal.reason as ServingError);
        this.tellWhenEmpty();
      });
      void this.pump();
    });
  }

  /** Takes nothing new; resolves when nothing runs or waits any more. */
  drain(): Promise<void> {
    this.draining = true;
    return new Promise((resolve) => {
      this.onEmpty = resolve;
      this.tellWhenEmpty();
    });
  }

  figures(): { inFlight: number; idleForMs: number; running?: { forMs: number; deadlineMs: number } | undefined } {
    const now = performance.now();
    return {
      inFlight: this.queue.size + (this.running ? 1 : 0),
      idleForMs: now - this.lastUsedAtMs,
      running: this.running && { forMs: now - this.running.sinceMs, deadlineMs: this.running.deadlineMs },
    };
  }

  private async pump(): Promise<void> {
    if (this.running) return;
    const job = this.queue.take();
    if (!job) return;
    const now = performance.now();
    const { request } = job;
    // JSON has no infinity; a request without a deadline may run for a day.
    this.running = { sinceMs: now, deadlineMs: Math.min(request.deadlineAtMs - now, 86_400_000) };
    try {
      job.resolve(await this.run(request, now - request.receivedAtMs));
    } catch (error) {
      job.reject(new ServingError('inference_failed', 'The model host failed.', { cause: error }));
    }
    this.running = undefined;
    this.lastUsedAtMs = performance.now();
    this.tellWhenEmpty();
    void this.pump();
  }

  private tellWhenEmpty(): void {
    if (this.draining && !this.running && this.queue.size === 0) this.onEmpty();
  }
}
