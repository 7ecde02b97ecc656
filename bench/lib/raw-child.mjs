import * as ort from 'onnxruntime-node';
import { ortTypeOf, valuesOf } from './tensors.mjs';

/* `session.run` and nothing else, in a process of its own: what an answer costs without any platform. */

const models = JSON.parse(process.argv[2]);
const OPTIONS = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
};

const sessions = new Map();
for (const { name, file, inputs } of models) {
  const session = await ort.InferenceSession.create(file, OPTIONS);
  const fed = inputs.map((input) => ({ ...input, type: ortTypeOf(input.datatype), values: valuesOf(input) }));
  sessions.set(name, async () => {
    const feeds = {};
    for (const { name: input, type, values, shape } of fed) feeds[input] = new ort.Tensor(type, values, shape);
    const outputs = await session.run(feeds);
    for (const output of Object.values(outputs)) void output.data;
  });
}

process.on('message', async ({ name, forMs }) => {
  const run = sessions.get(name);
  const cpuBefore = process.cpuUsage();
  const timesMs = [];
  const began = performance.now();
  do {
    const at = performance.now();
    await run();
    timesMs.push(performance.now() - at);
  } while (performance.now() - began < forMs);
  const elapsedMs = performance.now() - began;
  const cpu = process.cpuUsage(cpuBefore);
  process.send({
    timesMs: Float64Array.from(timesMs),
    perSecond: (timesMs.length * 1000) / elapsedMs,
    cpuMs: (cpu.user + cpu.system) / 1000 / timesMs.length,
  });
});
process.on('disconnect', () => process.exit(0));
process.send('ready');
