import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { CASES, inputOf } from './cases.mjs';

/* `session.run` and nothing else, in a process of its own: what an answer costs without any platform. */

const repository = process.argv[2];
const OPTIONS = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
};

const sessions = new Map();
for (const { name } of CASES) {
  sessions.set(name, await ort.InferenceSession.create(join(repository, name, '1', 'model.onnx'), OPTIONS));
}

process.on('message', async ({ name, forMs }) => {
  const entry = CASES.find((candidate) => candidate.name === name);
  const data = inputOf(entry);
  const session = sessions.get(name);
  const cpuBefore = process.cpuUsage();
  const timesMs = [];
  const untilMs = performance.now() + forMs;
  do {
    const began = performance.now();
    const { y } = await session.run({ x: new ort.Tensor(entry.type, data, entry.shape) });
    void y.data;
    timesMs.push(performance.now() - began);
  } while (performance.now() < untilMs);
  const cpu = process.cpuUsage(cpuBefore);
  process.send({ timesMs, cpuMs: (cpu.user + cpu.system) / 1000 / timesMs.length });
});
process.on('disconnect', () => process.exit(0));
process.send('ready');
