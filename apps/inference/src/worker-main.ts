import { parentPort } from 'node:worker_threads';
import { ENGINES, loadPackage } from '@medserve/engines';
import { toServingError } from '@medserve/errors';
import { failureFrame, peekFrame, type FramePayload } from '@medserve/rpc';
import type { FromWorker, ToWorker } from './host/messages';
import { answerRequest, type LoadedModel } from './model/answer-request';
import { compileModel } from './model/compile-model';

/* The thread of a model host that runs the model. Runs block it; nothing else lives here. */

if (!parentPort) throw new Error('worker-main runs as a worker thread only');
const port = parentPort;
let model: LoadedModel | undefined;

/** Gives the parts away instead of copying them, where they own their memory. */
function post(message: FromWorker): void {
  if (message.kind !== 'done') {
    port.postMessage(message);
    return;
  }
  const owned = message.parts
    .filter((part) => part.byteLength === part.buffer.byteLength)
    .map((part) => part.buffer as ArrayBuffer);
  // What is cut out of a larger buffer would take the whole of it along.
  const parts = message.parts.map((part) => (part.byteLength === part.buffer.byteLength ? part : new Uint8Array(part)));
  port.postMessage({ ...message, parts }, [...new Set(owned)]);
}

async function load(folder: string): Promise<void> {
  const modelPackage = await loadPackage(folder);
  const compiled = compileModel(modelPackage);
  const { manifest, modelFile, digest } = modelPackage;
  const session = await compiled.engine.load(
    { folder: modelPackage.folder, modelFile, threads: manifest.threads },
    new AbortController().signal,
  );
  model = { modelPackage, compiled, session };
  post({ kind: 'loaded', digest, inputs: session.inputs, outputs: session.outputs });
}

async function run({ frame, queuedMs, wantsProgress }: ToWorker & { kind: 'run' }): Promise<void> {
  let answer: FramePayload;
  try {
    if (!model) throw new Error('a request before the model');
    answer = await answerRequest(model, frame, queuedMs, (phase, percent) => {
      if (wantsProgress) post({ kind: 'progress', phase, percent });
    });
  } catch (error) {
    answer = failureFrame(peekFrame(frame).id, toServingError(error));
  }
  post({ kind: 'done', parts: answer.parts });
}

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'load':
      load(message.folder).catch((error: unknown) => {
        post({ kind: 'broken', detail: toServingError(error).message });
      });
      return;
    case 'run':
      void run(message);
  }
});

Promise.all([...ENGINES.values()].map((engine) => engine.prepare())).then(
  () => {
    post({ kind: 'waiting' });
  },
  (error: unknown) => {
    throw error;
  },
);
