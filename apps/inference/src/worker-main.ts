import { flushCompileCache } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { ENGINES, type ModelPackage } from '@medserve/engines';
import { toServingError } from '@medserve/errors';
import { armFailpoints, failpoint } from '@medserve/runtime/failpoints';
import type { FromWorker, ToWorker } from './host/worker-messages';
import { answerBatch } from './model/answer-batch';
import { framesToPost } from './model/frames-to-post';
import { hasFreeRows, loadModel, type LoadedModel } from './model/load-model';
import { warmUp } from './model/warm-up';

/* A thread of a model host that runs the model. Runs block it; nothing else lives here. */

if (!parentPort) throw new Error('worker-main runs as a worker thread only');
const port = parentPort;
armFailpoints(process.env);
let model: LoadedModel | undefined;

const post = (message: FromWorker, transfer: readonly ArrayBuffer[] = []): void => {
  port.postMessage(message, transfer);
};

function tellOpened({ serving, digest, stamps }: ModelPackage): void {
  const { maxBatchSize, instances, batching } = serving;
  post({ kind: 'opened', maxBatchSize, instances, batching, known: { digest, stamps } });
}

async function load({ package: ref, known, warm }: ToWorker & { kind: 'load' }): Promise<void> {
  const loaded = await loadModel(ref, known, tellOpened);
  const { session, modelPackage } = loaded;
  if (warm) await warmUp(session);
  model = loaded;
  const { inputs, outputs } = session;
  post({ kind: 'loaded', digest: modelPackage.digest, inputs, outputs, batchable: hasFreeRows(session) });
}

async function run({ jobs }: ToWorker & { kind: 'run' }): Promise<void> {
  if (!model) throw new Error('a request before the model');
  await failpoint('host.before-run');
  const { frames, buffers, runs, bisected, unbatchable } = await answerBatch(model, jobs, (job, phase, percent) => {
    if (jobs[job]?.wantsProgress) post({ kind: 'progress', job, phase, percent });
  });
  await failpoint('host.after-run');
  const posted = framesToPost(frames, buffers);
  post({ kind: 'done', frames: posted.frames, runs, bisected, unbatchable }, posted.transfer);
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
