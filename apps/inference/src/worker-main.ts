import { flushCompileCache } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { ENGINES, type ModelPackage } from '@medserve/engines';
import { toServingError } from '@medserve/errors';
import { giveWay } from '@medserve/imaging';
import { giveBack } from '@medserve/rpc';
import { armFailpoints, failpoint } from '@medserve/runtime/failpoints';
import type { BatchOutcome, FromWorker, ToWorker } from './host/worker-messages';
import { answerBatch } from './model/answer-batch';
import { framesToPost } from './model/frames-to-post';
import { hasFreeRows, loadModel, type LoadedModel } from './model/load-model';
import { warmUp } from './model/warm-up';
import { GenerationJobs } from './writing/generation-jobs';
import type { LoadedWriter } from './writing/open-generator';
import { warmUpGenerator } from './writing/warm-up-generator';

/* A thread of a model host that runs the model. Runs block it; nothing else lives here. */

const POOL_STATS_EVERY_MS = 1_000;

if (!parentPort) throw new Error('worker-main runs as a worker thread only');
const port = parentPort;
armFailpoints(process.env);
let model: LoadedModel | undefined;
let jobs: GenerationJobs | undefined;

const post = (message: FromWorker, transfer: readonly ArrayBuffer[] = []): void => {
  port.postMessage(message, transfer);
};

function tellOpened({ serving, manifest, digest, stamps }: ModelPackage): void {
  const { maxBatchSize, instances, batching } = serving;
  const { generation } = manifest;
  const writing = generation && { maxAnswerTokens: generation.maxAnswerTokens };
  post({ kind: 'opened', maxBatchSize, instances, batching, writing, known: { digest, stamps } });
}

async function load({ package: ref, known, warm }: ToWorker & { kind: 'load' }): Promise<void> {
  // Before the engine starts threads of its own, which inherit it.
  giveWay();
  const loaded = await loadModel(ref, known, tellOpened, process.env['MEDSERVE_POOLS_FILE']);
  switch (loaded.kind) {
    case 'runs':
      await takeRuns(loaded, warm);
      return;
    case 'writes':
      await takeOrders(loaded, warm);
  }
}

async function takeRuns(loaded: LoadedModel, warm: boolean): Promise<void> {
  const { session, modelPackage } = loaded;
  if (warm) await warmUp(session);
  model = loaded;
  const { inputs, outputs } = session;
  post({ kind: 'loaded', digest: modelPackage.digest, inputs, outputs, batchable: hasFreeRows(session) });
}

async function takeOrders(loaded: LoadedWriter, warm: boolean): Promise<void> {
  const { generator, modelPackage, writing } = loaded;
  // The servers of a pool are warm.
  const isOurs = modelPackage.manifest.pool === undefined;
  if (warm && isOurs) await warmUpGenerator(generator, writing.rules.image !== undefined);
  jobs = new GenerationJobs(loaded, {
    onParts: (parts) => {
      post({ kind: 'wrote', parts });
    },
    onProgress: (job, phase, percent) => {
      post({ kind: 'progress', job, phase, percent });
    },
    onEnd: (job, frame, tally) => {
      if (!frame) {
        post({ kind: 'ended', job });
        return;
      }
      const { frames, transfer } = framesToPost([frame], new Set());
      post({ kind: 'ended', job, frame: frames[0], tally }, transfer);
    },
    onStats: (stats) => {
      post({ kind: 'stats', stats });
    },
  });
  // Servers come and go also while nobody asks.
  if (!isOurs) {
    setInterval(() => {
      post({ kind: 'stats', stats: generator.stats() });
    }, POOL_STATS_EVERY_MS);
  }
  const { inputs, outputs } = modelPackage.serving;
  post({ kind: 'loaded', digest: modelPackage.digest, inputs, outputs, batchable: false, slots: generator.slots });
}

async function start(order: ToWorker & { kind: 'start' }): Promise<void> {
  await failpoint('host.before-run');
  jobs?.start(order);
}

async function run({ batches }: ToWorker & { kind: 'run' }): Promise<void> {
  if (!model) throw new Error('a request before the model');
  const outcomes: BatchOutcome[] = [];
  const transfer: ArrayBuffer[] = [];
  let first = 0;
  for (const jobs of batches) {
    await failpoint('host.before-run');
    const { frames, buffers, ...tally } = await answerBatch(model, jobs, (job, phase, percent) => {
      if (jobs[job]?.wantsProgress) post({ kind: 'progress', job: first + job, phase, percent });
    });
    await failpoint('host.after-run');
    const posted = framesToPost(frames, buffers);
    outcomes.push({ frames: posted.frames, ...tally });
    transfer.push(...posted.transfer);
    first += jobs.length;
  }
  post({ kind: 'done', outcomes }, transfer);
  // What of them was in an answer was copied, or went with it.
  for (const { frame } of batches.flat()) giveBack(frame);
}

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'load':
      load(message).catch((error: unknown) => {
        post({ kind: 'broken', detail: toServingError(error).message });
      });
      return;
    case 'run':
      // What fails here is no request: the thread ends, and the host with it.
      void run(message);
      return;
    case 'start':
      void start(message);
      return;
    case 'cancel':
      jobs?.cancel(message.job);
  }
});

Promise.all([...ENGINES.values()].map((engine) => engine.prepare())).then(
  () => {
    post({ kind: 'waiting' });
    flushCompileCache();
  },
  (error: unknown) => {
    throw error;
  },
);
