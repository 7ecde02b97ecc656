import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { orderOf, requestOf, resultOf } from '../../generation/generator-contract';
import { loadPackage } from '../../repository/load-package';
import { openGenerator } from './open-generator';
import { alone, callerOf, dice, expectSame, texts, together, type Crowd } from './testing/joins-and-leaves';
import { picture, TinyModels } from './testing/tiny-model';

let models: TinyModels;
beforeAll(async () => {
  models = await TinyModels.write();
});
afterAll(() => models.remove());

const READING: Crowd = { picture: undefined, adapters: [], tokens: 40 };
const SEEING: Crowd = { picture, adapters: ['terse', 'wordy'], tokens: 40 };

const callersOf = (seed: number, count: number, crowd: Crowd) => {
  const roll = dice(seed);
  return Array.from({ length: count }, () => callerOf(roll, crowd));
};

describe.each([
  ['a model of words', READING, () => models.open()],
  ['a model that sees and has adapters', SEEING, () => models.see()],
])('whoever joins or leaves %s', (_, crowd, open) => {
  it.each([1, 2])('changes no token of another answer (%d)', async (seed) => {
    const generator = await open();
    const callers = callersOf(seed, 40, crowd);
    const wanted = await alone(generator, callers);
    const before = generator.stats();
    expect(before.cachedTokens).toBe(0);
    expectSame(callers, await together(generator, callers), wanted);
    const after = generator.stats();
    expect(after.busySlots).toBe(0);
    expect((after.rows - before.rows) / (after.steps - before.steps)).toBeGreaterThan(3);
    expect(after.cachedTokens).toBeGreaterThan(0);
  });
});

it('answers differ from prompt to prompt, so that the tests above can tell them apart', async () => {
  const generator = await models.open();
  const told = [];
  for (const { order } of callersOf(3, 20, READING)) {
    const request = { ...order.request, choices: 1, maxTokens: 12 };
    told.push((await texts(generator, { order: { ...order, request }, leavesAfter: undefined })).join(''));
  }
  expect(new Set(told).size).toBe(told.length);
  expect(new Set(told.join('')).size).toBeGreaterThan(20);
});

/* Models that were made, where they are: those of noise have no weights of four bits. */
const ROOT = join(__dirname, '../../../../..');
const MADE = [
  ['models/vqa-small/1', 20],
  ['.cache/models/assistant-smol/1', 4],
] as const;

const large =
  ({ channels, width, height }: { channels: number; width: number; height: number }) =>
  (seed: number) => ({
    kind: 'picture' as const,
    width,
    height,
    channels: 1 as const,
    sampleType: 'uint8' as const,
    samples: Uint8Array.from({ length: width * height * channels }, (_, index) => (index * (seed + 3) * 37) % 256),
  });

const there = MADE.filter(([path]) => existsSync(join(ROOT, path, 'model.yaml')));

describe.each(there)('%s', (path, count) => {
  async function openMade() {
    const { folder, digest, manifest } = await loadPackage({ layout: 'medserve', folder: join(ROOT, path) });
    const rules = manifest.generation;
    if (!rules) throw new Error('writes nothing');
    const size = { width: 96, height: 96, channels: 1 };
    const eyes = {
      tensorOf: ({ samples }: { samples: ArrayLike<number> }) => ({
        name: 'pixel_values',
        datatype: 'UINT8' as const,
        shape: [1, size.height, size.width, size.channels],
        data: Uint8Array.from(samples),
      }),
      pngOf: () => Promise.resolve([]),
    };
    const spec = { folder, digest, generation: rules, pool: undefined, threads: 1, eyes };
    return { rules, size, generator: await openGenerator(spec, new AbortController().signal) };
  }

  it('answers the same whatever was kept of a prompt, however long that is', async () => {
    const { generator } = await openMade();
    for (let words = 1; words <= 20; words += 1) {
      const request = requestOf(`${'is there '.repeat(words)}?`, { maxTokens: 4, logprobs: { top: 1 } });
      const cold = await resultOf(generator, orderOf(request));
      const warm = await resultOf(generator, orderOf(request));
      expect(warm.choices).toEqual(cold.choices);
    }
    await generator.close();
  });

  it('answers everybody as it answers each alone', async () => {
    const { rules, size, generator } = await openMade();
    const crowd = {
      picture: rules.image ? large(size) : undefined,
      adapters: rules.adapters.map(({ name }) => name),
      tokens: 16,
    };
    const callers = callersOf(5, count, crowd);
    const wanted = await alone(generator, callers);
    expectSame(callers, await together(generator, callers), wanted);
    await generator.close();
  });
});
