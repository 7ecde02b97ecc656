// Stands in for a thread of ThreadPool in its tests: `act` says how it misbehaves.
const { parentPort } = require('node:worker_threads');

const hoarded = [];
const ACTS = {
  loop: () => {
    for (;;);
  },
  crash: () => {
    throw new Error('crashed');
  },
  exit: () => process.exit(3),
  hoard: () => {
    for (;;) hoarded.push({ some: hoarded.length, more: String(hoarded.length) });
  },
  wait: () => undefined,
  refuse: () => parentPort.postMessage({ kind: 'refused', error: { reason: 'not_found', detail: 'Nothing there.' } }),
};

parentPort.on('message', ({ act, bytes }) => {
  if (act in ACTS) ACTS[act]();
  else parentPort.postMessage({ kind: 'done', answer: bytes });
});
parentPort.postMessage({ kind: 'ready' });
