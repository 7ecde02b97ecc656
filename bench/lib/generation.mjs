import engines from '@medserve/engines';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ort from 'onnxruntime-node';

/* Models that write, run by the engine in this process: no platform, no worker, no wire. */

/** Folders that packages made by a recipe lie in. */
const ROOTS = [join(process.env.MEDSERVE_CACHE ?? '.cache', 'models'), 'models'];

/** The folder of a package such as `assistant-smol/1`; `undefined` where it was not made on this machine. */
export const packageFolder = (name) =>
  ROOTS.map((root) => resolve(root, name)).find((folder) => existsSync(join(folder, 'model.yaml')));

const GREEDY = { temperature: 0, topP: 1, presencePenalty: 0, frequencyPenalty: 0 };

const requestOf = (parts, maxTokens) => ({
  turns: [{ role: 'user', parts }],
  sampling: GREEDY,
  maxTokens,
  stop: [],
  choices: 1,
  format: { kind: 'text' },
  tools: [],
  toolChoice: 'none',
  parallelToolCalls: false,
});

/** Milliseconds of CPU that this thread has used. */
const cpuMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** Milliseconds of CPU that this thread has spent in runs of ONNX Runtime, its binding among them. */
let inRunsMs = 0;

/** Counts what runs cost, from now on: the rest of a step is our JavaScript. */
async function countRuns(folder, file) {
  const session = await ort.InferenceSession.create(join(folder, file));
  const prototype = Object.getPrototypeOf(session.handler);
  await session.release();
  if (prototype.isCounted) return;
  const { run } = prototype;
  prototype.isCounted = true;
  prototype.run = async function counted(...given) {
    const before = cpuMs();
    try {
      return await run.apply(this, given);
    } finally {
      inRunsMs += cpuMs() - before;
    }
  };
}

/** Takes pictures of just the size that the model sees: what a recipe costs is measured elsewhere. */
async function eyesOf(engine, folder, { parts, image }) {
  const pngOf = () => Promise.resolve([]);
  if (parts.vision === undefined) return { eyes: { tensorOf: undefined, pngOf } };
  const { inputs } = await engine.inspect(folder, parts.vision);
  const { datatype, shape } = inputs.find(({ name }) => name === image.tensor);
  const sizes = [1, ...shape.slice(1)];
  const samples = sizes.reduce((product, size) => product * size, 1);
  const arrayOf = datatype === 'UINT8' ? Uint8Array : Float32Array;
  const tensorOf = ({ samples: seen }) => ({ name: image.tensor, datatype, shape: sizes, data: arrayOf.from(seen) });
  return { eyes: { tensorOf, pngOf }, samples };
}

/** A loaded package, and what is asked of it. */
export async function openModel(folder) {
  const { digest, manifest, folder: root } = await engines.loadPackage({ layout: 'medserve', folder });
  const { generation, threads } = manifest;
  const engine = engines.ENGINES.get(manifest.engine);
  await countRuns(root, generation.parts.embed ?? generation.parts.decoder);
  const { eyes, samples } = await eyesOf(engine, root, generation);
  const spec = { folder: root, digest, generation, pool: undefined, threads, eyes };
  const generator = await engine.openGenerator(spec, new AbortController().signal);
  let orders = 0;
  const ask = (request, images, onDelta = () => undefined) =>
    new Promise((done, failed) => {
      orders += 1;
      const sink = { delta: onDelta, progress: () => undefined, done, failed };
      generator.start({ id: String(orders), tenant: 'bench', request, images }, sink);
    });

  /**
   * So many answers of so many tokens at once, of prompts that are known: `perSecond`, tokens from when all have begun until the
   * first one ends, and `jsMs`, CPU that our JavaScript took for one of them.
   */
  async function stream(count, tokens) {
    const prompt = (index) =>
      requestOf([{ kind: 'text', text: `Write a long story about the number ${index}.` }], tokens);
    const requests = Array.from({ length: count }, (_, index) => prompt(index));
    await Promise.all(requests.map((request) => ask({ ...request, maxTokens: 1 }, [])));
    const now = () => ({
      at: performance.now(),
      cpu: cpuMs(),
      inRuns: inRunsMs,
      written: generator.stats().writtenTokens,
    });
    let [from, to] = [undefined, undefined];
    let begun = 0;
    const answers = requests.map((request) => {
      let isFirst = true;
      return ask(request, [], () => {
        if (isFirst) begun += 1;
        isFirst = false;
        if (begun === count) from ??= now();
      }).then(() => {
        to ??= now();
      });
    });
    await Promise.all(answers);
    const written = to.written - from.written;
    const jsMs = (to.cpu - from.cpu - (to.inRuns - from.inRuns)) / written;
    return { perSecond: (1000 * written) / (to.at - from.at), jsMs };
  }

  /** Milliseconds to the first token about an image that was never seen, and about the same one once more. */
  async function look(seed) {
    const image = {
      kind: 'picture',
      width: samples,
      height: 1,
      channels: 1,
      sampleType: 'uint8',
      samples: Uint8Array.from({ length: samples }, (_, index) => (index * (2 * seed + 37)) % 251),
    };
    const question = (text) =>
      requestOf(
        [
          { kind: 'image', image: 0 },
          { kind: 'text', text },
        ],
        1,
      );
    const first = await ask(question('How many are there?'), [image]);
    const again = await ask(question('Where is the largest one?'), [image]);
    return { firstMs: first.firstTokenMs, againMs: again.firstTokenMs };
  }

  return { stream, look, sees: samples !== undefined, close: () => generator.close() };
}
