import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

export const startWorker = (): Worker => new Worker(join(__dirname, '..', 'worker-main.js'));

/** Begins to load its code when this is imported, which has to be first of all: while this thread loads gRPC, the other loads the engine. */
export const firstWorker = startWorker();
