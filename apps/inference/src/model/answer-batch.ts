import type { AnyTensor, Tensor } from '@medserve/clinical';
import { checkNumbers } from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import { encodeResult, failureFrame, peekFrame, type DispatchResult, type FramePayload } from '@medserve/rpc';
import { taskOf } from '@medserve/serving';
import type { LoadedModel } from './load-model';
import { prepareRequest, type PreparedRequest } from './prepare-request';
import { runBatch, type PartOutcome, type RunTally } from './run-batch';

export interface BatchJob {
  readonly frame: Uint8Array;
  readonly queuedMs: number;
}

export type ReportProgress = (job: number, phase: 'preprocessing' | 'running' | 'reading', percent: number) => void;

export interface AnsweredBatch extends Readonly<RunTally> {
  /** The last frame of each job. */
  readonly frames: readonly FramePayload[];
  /** Memory that only these frames use. */
  readonly buffers: ReadonlySet<ArrayBufferLike>;
}

/** A request on its way through the batch. */
type Prepared = PreparedRequest & { readonly job: number };

/** What vectors of texts are called, whatever the model calls them. */
const EMBEDDING = 'embedding';

const isNumbers = (tensor: AnyTensor): tensor is Tensor => tensor.datatype !== 'BYTES';

const toFailure = (error: unknown): ServingError =>
  error instanceof ServingError
    ? error
    : new ServingError('inference_failed', 'The model failed on this input.', { cause: error });

/** A recipe's tensor that the model does not take is the package's fault, not the caller's. */
const blameRecipe = (error: ServingError): ServingError =>
  error.reason === 'invalid_request'
    ? new ServingError('inference_failed', 'The recipe of the package does not give what the model takes.', {
        cause: error,
      })
    : error;

/** The answer of one request whose run is done. @throws ServingError `inference_failed` for what the reader did. */
function readAnswer(
  { image, generation, preprocessMs }: PreparedRequest,
  outcome: PartOutcome & { kind: 'ran' },
): Pick<DispatchResult, 'finding' | 'tensors' | 'generation' | 'timings'> {
  const { outputs, joinMs, runMs, splitMs } = outcome;
  const beganAtMs = performance.now();
  const times = () => ({
    preprocess: preprocessMs + joinMs,
    run: runMs,
    read: splitMs + performance.now() - beganAtMs,
  });
  if (generation) {
    checkNumbers(outputs);
    return { tensors: outputs.map((vectors) => ({ ...vectors, name: EMBEDDING })), generation, timings: times() };
  }
  if (!image) return { tensors: outputs, timings: times() };
  checkNumbers(outputs);
  const finding = image.road.read(image.decoded, image.placement, outputs.filter(isNumbers));
  return { finding, timings: times() };
}

/**
 * Answers the requests of a batch, each for itself: from request frames to response or failure frames. Images whose recipes
 * give different shapes run apart.
 *
 * The frames hold views of the outputs. Never throws for what a request, recipe, model or reader did.
 */
export async function answerBatch(
  model: LoadedModel,
  jobs: readonly BatchJob[],
  report: ReportProgress,
): Promise<AnsweredBatch> {
  const frames: FramePayload[] = [];
  const buffers = new Set<ArrayBufferLike>();
  const tally: RunTally = { runs: 0, bisected: false, unbatchable: false };
  const fail = (job: number, error: unknown): void => {
    frames[job] = failureFrame(peekFrame(jobs[job]?.frame ?? new Uint8Array()).id, toFailure(error));
  };

  const groups = new Map<string, Prepared[]>();
  jobs.forEach(({ frame }, job) => {
    try {
      const prepared = prepareRequest(model, frame, () => {
        report(job, 'preprocessing', 30);
      });
      const group = groups.get(prepared.key);
      if (group) group.push({ ...prepared, job });
      else groups.set(prepared.key, [{ ...prepared, job }]);
    } catch (error) {
      fail(job, error);
    }
  });

  for (const group of groups.values()) {
    for (const { job } of group) report(job, 'running', 50);
    const outcomes = await runBatch(model.session, group, group[0]?.request.outputs, tally);
    outcomes.forEach((outcome, index) => {
      const prepared = group[index] as Prepared;
      const { job, image } = prepared;
      try {
        if (outcome.kind === 'failed') throw image ? blameRecipe(outcome.error) : outcome.error;
        if (image) report(job, 'reading', 90);
        frames[job] = encodeAnswer(model, prepared, jobs[job]?.queuedMs ?? 0, outcome);
        if (!image) for (const { data } of outcome.outputs.filter(isNumbers)) buffers.add(data.buffer);
      } catch (error) {
        fail(job, error);
      }
    });
  }
  return { frames, buffers, ...tally };
}

function encodeAnswer(
  { modelPackage, compiled }: LoadedModel,
  prepared: PreparedRequest,
  queuedMs: number,
  outcome: PartOutcome & { kind: 'ran' },
): FramePayload {
  const { request } = prepared;
  const { manifest, digest } = modelPackage;
  const answer = readAnswer(prepared, outcome);
  return encodeResult(request.id, {
    ...answer,
    task: taskOf(manifest.serves, request) ?? request.task ?? '',
    model: { name: manifest.name, version: manifest.version, digest },
    engine: compiled.engine.title,
    timings: { queue: queuedMs, ...answer.timings },
    batch: outcome.share,
  });
}
