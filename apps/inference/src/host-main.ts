import { firstWorker, startWorker } from './host/first-worker';
import { flushCompileCache } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { ModelHostService } from '@medserve/contracts';
import { ServingError } from '@medserve/errors';
import { MODEL_HOST_INFER, serveFrames, ServiceTls } from '@medserve/rpc';
import { GenerationScheduler } from './host/generation-scheduler';
import { doorFromEnvironment, openHostDoor } from './host/host-door';
import { KeptSpans } from './host/kept-spans';
import type { FromHost, ToHost } from './host/messages';
import { ModelThread } from './host/model-thread';
import { Scheduler } from './host/scheduler';
import type { ServedModel } from './host/served-model';
import { tracedRequest } from './host/traced-requests';
import type { LoadedModelInfo, ModelRules } from './host/worker-messages';

/*
 * A model host: a process that first waits without a model, is told one, serves it, and ends with it. It owes its life to the
 * agent at the other end of the IPC channel.
 */

const REPORT_EVERY_MS = 500;
/** Oftener: memory grows fastest while a session is made. */
const REPORT_LOADING_EVERY_MS = 100;
/** Of one stream; above all that can run and wait, so that the queue and not the stream says that it is full. */
const MAX_IN_FLIGHT = 16_384;
/**
 * For clients that were told that this host goes, and have not left it. What they wrote before they heard it would be cut off, so this is
 * as long as a router may stand still that gets no processor.
 */
const LINGER_MS = 5_000;

/** Not `process.exit`: that waits for the worker threads, which may be in a run that never ends. */
const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};

const tell = (message: FromHost): void => {
  if (process.connected) process.send?.(message);
};

const traces = new KeptSpans();

const tellSpans = (): void => {
  const kept = traces.take();
  if (kept) tell({ kind: 'spans', ...kept });
};

type Load = ToHost & { readonly kind: 'load' };

const firstThread = new ModelThread(firstWorker, {
  onWaiting: () => {
    tell({ kind: 'waiting' });
    flushCompileCache();
  },
  onLost: die,
});
let served: ServedModel | undefined;

const leaving = new AbortController();
let onDeserted: () => void = () => undefined;
const deserted = new Promise<void>((resolve) => {
  onDeserted = resolve;
});

/** Listens before there is a model: that takes longer than to map a model's weights. */
const listening = openHostDoor(doorFromEnvironment(process.env), {
  security: ServiceTls.open(process.env['MEDSERVE_TLS_DIR'], 'inference')?.serve(['router']),
  register: (server, closing) => {
    const infer = serveFrames({
      handle: (request) =>
        tracedRequest(
          traces.tracer,
          request,
          () =>
            served?.submit(request) ?? Promise.reject(new ServingError('unavailable', 'The host has no model yet.')),
        ),
      maxInFlight: MAX_IN_FLIGHT,
      closing,
      leaving: leaving.signal,
      onDeserted,
    });
    server.addService({ ...ModelHostService, infer: MODEL_HOST_INFER }, { infer });
  },
});

/**
 * Loads all instances at once; resolves when the first takes requests. The others follow, or the host goes without them. A model
 * that writes has one, which takes many requests.
 */
async function loadInstances(load: Load): Promise<{ loaded: LoadedModelInfo; model: ServedModel }> {
  const { package: ref, known, warm, maxQueue } = load;
  const others: { thread: ModelThread; isLoaded: Promise<boolean> }[] = [];
  let rules: ModelRules | undefined;
  const loaded = await firstThread.load({ package: ref, known, warm }, (opened) => {
    rules = opened;
    const instances = opened.writing ? 1 : opened.instances;
    for (let index = 1; index < instances; index += 1) {
      const thread = new ModelThread(startWorker(), { onWaiting: () => undefined, onLost: die });
      const isLoaded = thread.load({ package: ref, known: opened.known, warm }).then(
        () => true,
        () => false,
      );
      others.push({ thread, isLoaded });
    }
  });
  if (!rules) throw new Error('The model was loaded before its package was read.');
  const { writing } = rules;
  if (writing) {
    const limits = { slots: loaded.slots ?? 1, maxAnswerTokens: writing.maxAnswerTokens };
    return { loaded, model: new GenerationScheduler(firstThread, limits, maxQueue) };
  }
  const queue = new Scheduler(rules, loaded.batchable, maxQueue);
  queue.addInstance(firstThread);
  for (const { thread, isLoaded } of others) {
    void isLoaded.then((ready) => {
      if (ready) queue.addInstance(thread);
    });
  }
  return { loaded, model: queue };
}

async function serve(load: Load): Promise<void> {
  const beganAtMs = performance.now();
  const loading = setInterval(() => {
    tell({ kind: 'loading', residentBytes: process.memoryUsage.rss() });
  }, REPORT_LOADING_EVERY_MS);
  const { loaded, model } = await loadInstances(load).finally(() => {
    clearInterval(loading);
  });
  served = model;
  const { address } = await listening;
  const report = (): void => {
    tell({ kind: 'report', ...model.figures(), residentBytes: process.memoryUsage.rss() });
    tellSpans();
  };
  setInterval(report, REPORT_EVERY_MS);
  report();
  const { digest, inputs, outputs } = loaded;
  tell({ kind: 'serving', address, digest, inputs, outputs, loadedInMs: performance.now() - beganAtMs });
}

/** All that was begun is answered; then clients have a moment to leave, and those that stay are cut off. */
async function leave(handBack: boolean): Promise<void> {
  leaving.abort();
  const drained = served?.drain(handBack);
  tell({ kind: 'turning-away' });
  await drained;
  await Promise.race([deserted, sleep(LINGER_MS)]);
  tellSpans();
  die();
}

process.on('message', (message: ToHost) => {
  switch (message.kind) {
    case 'load':
      serve(message).catch((error: unknown) => {
        tell({ kind: 'failed', detail: error instanceof Error ? error.message : 'unknown' });
      });
      return;
    case 'drain':
      void leave(message.handBack ?? false);
  }
});
process.on('disconnect', die);
// The agent decides when a host ends; a Ctrl-C that reaches the whole process group must not cut running requests off.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
