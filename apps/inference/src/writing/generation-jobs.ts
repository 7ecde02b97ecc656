import type { GenerationResult } from '@medserve/clinical';
import type { Generation, GenerationSink, GeneratorStats } from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import { encodeResult, failureFrame, peekFrame, type FramePayload } from '@medserve/rpc';
import type { WritingOrder, WrittenPart, WritingTally } from '../host/writer';
import type { LoadedWriter } from './open-generator';
import { orderOf, type PreparedOrder } from './order-of';

/** What is told of jobs, to the thread that they came from. */
export interface JobEvents {
  readonly onParts: (parts: readonly WrittenPart[]) => void;
  readonly onProgress: (job: number, phase: string, percent: number) => void;
  readonly onEnd: (job: number, frame: FramePayload | undefined, tally: WritingTally | undefined) => void;
  readonly onStats: (stats: GeneratorStats) => void;
}

/** While anything is written. The thread says nothing while it is in a step. */
const STATS_EVERY_MS = 250;

const toFailure = (error: unknown): ServingError =>
  error instanceof ServingError
    ? error
    : new ServingError('inference_failed', 'The model failed on this input.', { cause: error });

interface Times {
  readonly queuedMs: number;
  readonly beganAtMs: number;
  /** When the last image was encoded. */
  seenAtMs: number;
}

/** Of the whole request, before which lies the queue and behind which the answer: where each phase begins and how much it takes. */
const SHARES = {
  preprocessing: { from: 20, span: 20 },
  running: { from: 40, span: 50 },
} as const satisfies Record<Parameters<GenerationSink['progress']>[0], { from: number; span: number }>;

const overall = (phase: keyof typeof SHARES, percent: number): number =>
  Math.floor(SHARES[phase].from + (SHARES[phase].span * percent) / 100);

/** The answers that a generator is writing, from request frames to response or failure frames. */
export class GenerationJobs {
  private readonly running = new Map<number, Generation>();
  private parts: WrittenPart[] = [];
  private teller: NodeJS.Timeout | undefined;

  constructor(
    private readonly model: LoadedWriter,
    private readonly events: JobEvents,
  ) {}

  /** Never throws for what a request, the generator or a reader did. */
  start(order: WritingOrder): void {
    const { job, frame, queuedMs } = order;
    const nowMs = performance.now();
    try {
      const prepared = orderOf(this.model, frame);
      const times = { queuedMs, beganAtMs: nowMs, seenAtMs: nowMs };
      this.running.set(job, this.model.generator.start(prepared.order, this.sinkOf(order, prepared, times)));
      // No reason for the thread to live on.
      this.teller ??= setInterval(() => {
        this.events.onStats(this.model.generator.stats());
      }, STATS_EVERY_MS).unref();
    } catch (error) {
      this.events.onEnd(job, failureFrame(peekFrame(frame).id, toFailure(error)), undefined);
    }
  }

  /** Nothing is told of it any more but its end. Of what has ended, nothing. */
  cancel(job: number): void {
    const generation = this.running.get(job);
    if (!generation) return;
    generation.cancel();
    this.parts = this.parts.filter((part) => part.job !== job);
    this.end(job, undefined);
  }

  private sinkOf(
    { job, wantsDeltas, wantsProgress }: WritingOrder,
    prepared: PreparedOrder,
    times: Times,
  ): GenerationSink {
    const { id } = prepared.order;
    return {
      delta: (delta) => {
        if (wantsDeltas) this.write({ job, delta });
      },
      progress: (phase, percent) => {
        if (phase === 'preprocessing') times.seenAtMs = performance.now();
        if (wantsProgress) this.events.onProgress(job, phase, overall(phase, percent));
      },
      done: (result) => {
        try {
          this.end(job, this.encode(prepared, result, times), tallyOf(result, performance.now() - times.beganAtMs));
        } catch (error) {
          this.end(job, failureFrame(id, toFailure(error)));
        }
      },
      failed: (error) => {
        this.end(job, failureFrame(id, toFailure(error)));
      },
    };
  }

  /** All that is written in one step is told at once. */
  private write(part: WrittenPart): void {
    this.parts.push(part);
    if (this.parts.length === 1)
      queueMicrotask(() => {
        this.tellParts();
      });
  }

  private tellParts(): void {
    if (this.parts.length === 0) return;
    const { parts } = this;
    this.parts = [];
    this.events.onParts(parts);
  }

  private end(job: number, frame: FramePayload | undefined, tally?: WritingTally): void {
    this.tellParts();
    this.running.delete(job);
    if (this.running.size === 0) {
      clearInterval(this.teller);
      this.teller = undefined;
      this.events.onStats(this.model.generator.stats());
    }
    this.events.onEnd(job, frame, tally);
  }

  /** @throws ServingError `inference_failed` for what the reader did */
  private encode({ order, task, read }: PreparedOrder, generation: GenerationResult, times: Times): FramePayload {
    const { modelPackage, engine } = this.model;
    const { manifest, digest } = modelPackage;
    const doneAtMs = performance.now();
    const finding = read?.(generation);
    const { firstTokenMs } = generation;
    return encodeResult(order.id, {
      ...(finding === undefined ? {} : { finding }),
      generation,
      task,
      model: { name: manifest.name, version: manifest.version, digest },
      engine: engine.title,
      timings: {
        queue: times.queuedMs,
        preprocess: times.seenAtMs - times.beganAtMs,
        run: doneAtMs - times.seenAtMs,
        read: performance.now() - doneAtMs,
        ...(firstTokenMs === undefined ? {} : { firstToken: firstTokenMs }),
      },
      batch: { rows: 1, batchRows: 1, leads: true },
    });
  }
}

/** Of several choices the longest is not told apart: as long as the mean, at least. */
function tallyOf({ usage, choices, firstTokenMs }: GenerationResult, holdMs: number): WritingTally {
  const tokens = usage.completion;
  return {
    firstTokenMs: firstTokenMs ?? holdMs,
    tokens,
    longestTokens: Math.ceil(tokens / Math.max(choices.length, 1)),
  };
}
