// Stands in for the result worker in tests of the writer: it never says anything.
require('node:worker_threads').parentPort.on('message', () => undefined);
