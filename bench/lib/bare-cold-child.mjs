/* A process that does nothing but load ONNX Runtime and a model and run it once. */
const [file, described] = process.argv.slice(2);
const ort = await import('onnxruntime-node');
const { ortTypeOf, valuesOf } = await import('./tensors.mjs');
const session = await ort.InferenceSession.create(file, {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
});
const feeds = {};
for (const input of JSON.parse(described))
  feeds[input.name] = new ort.Tensor(ortTypeOf(input.datatype), valuesOf(input), input.shape);
const outputs = await session.run(feeds);
void Object.values(outputs)[0].data;
process.disconnect();
process.exit(0);
