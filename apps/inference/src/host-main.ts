import { ModelHostService } from '@medserve/contracts';
import { MODEL_HOST_INFER, serveFrames, startGrpcServer } from '@medserve/rpc';
import type { FromHost, ToHost } from './host/messages';
import { ModelThread } from './host/model-thread';
import { Scheduler } from './host/scheduler';

/*
 * A model host: a process that first waits without a model, is told one, serves it, and ends with it. It owes its life to the
 * agent at the other end of the IPC channel.
 */

const REPORT_EVERY_MS = 500;

/** Not `process.exit`: that waits for the worker thread, which may be in a run that never ends. */
const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};

const tell = (message: FromHost): void => {
  if (process.connected) process.send?.(message);
};

const thread = new ModelThread(() => {
  tell({ kind: 'waiting' });
}, die);
let scheduler: Scheduler | undefined;

async function serve({ folder, maxQueue }: ToHost & { kind: 'load' }): Promise<void> {
  const { digest, inputs, outputs } = await thread.load(folder);
  const queue = new Scheduler((request, queuedMs) => thread.run(request, queuedMs), maxQueue);
  scheduler = queue;
  // One more than can run and wait, so that the queue and not the stream says that it is full.
  const maxInFlight = maxQueue + 2;
  const { address } = await startGrpcServer({
    listen: { host: '127.0.0.1', port: 0 },
    register: (server, closing) => {
      const infer = serveFrames({ handle: (request) => queue.submit(request), maxInFlight, closing });
      server.addService({ ...ModelHostService, infer: MODEL_HOST_INFER }, { infer });
    },
  });
  const report = (): void => {
    tell({ kind: 'report', ...queue.figures(), residentBytes: process.memoryUsage.rss() });
  };
  setInterval(report, REPORT_EVERY_MS);
  report();
  tell({ kind: 'serving', address, digest, inputs, outputs });
}

process.on('message', (message: ToHost) => {
  switch (message.kind) {
    case 'load':
      serve(message).catch((error: unknown) => {
        tell({ kind: 'failed', detail: error instanceof Error ? error.message : 'unknown' });
      });
      return;
    case 'drain':
      // The last answers leave with the stream's next turns.
      void (scheduler?.drain() ?? Promise.resolve()).then(() => setTimeout(die, 50));
  }
});
process.on('disconnect', die);
// The agent decides when a host ends; a Ctrl-C that reaches the whole process group must not cut running requests off.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
