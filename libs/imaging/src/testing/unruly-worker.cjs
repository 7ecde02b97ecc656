// Stands in for the decode worker in tests of the pool: the media type of the first file says how it misbehaves.
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
};

parentPort.on('message', ({ files }) => {
  const [{ bytes, mediaType }] = files;
  if (mediaType in ACTS) ACTS[mediaType]();
  else
    parentPort.postMessage({
      kind: 'done',
      answer: { decoded: { samples: bytes }, inputs: [], warnings: [], facts: {} },
    });
});
parentPort.postMessage({ kind: 'ready' });
