import { join } from 'node:path';
import type { AnyTensor, Tensor } from '@medserve/clinical';
import { onnxEngine } from '../onnx/onnx-engine';
import { randomFeeds } from '../publish/random-feeds';
import { loadPackage } from '../repository/load-package';
import { loadSpecOf } from './load-spec-of';

const MODELS = join(__dirname, '..', '..', '..', '..', 'models');
const ROWS = 3;

function row(tensor: AnyTensor, index: number): AnyTensor {
  const { shape, data } = tensor as Tensor;
  const width = data.length / (shape[0] ?? 1);
  return {
    ...tensor,
    shape: [1, ...shape.slice(1)],
    data: data.slice(index * width, (index + 1) * width),
  } as AnyTensor;
}

describe('reference packages whose requests are put together', () => {
  it.each(['organ-modality', 'recogniser'])('%s gives each row what it gives it alone', async (name) => {
    const modelPackage = await loadPackage({ layout: 'medserve', folder: join(MODELS, name, '1') });
    expect(modelPackage.serving.batching).toBeDefined();
    const session = await onnxEngine.load(loadSpecOf(modelPackage), new AbortController().signal);
    const feeds = randomFeeds(session.inputs, ROWS);
    const together = await session.run(feeds);
    for (let index = 0; index < ROWS; index += 1) {
      const alone = await session.run(feeds.map((feed) => row(feed, index)));
      for (const [output, tensor] of together.entries()) {
        const [one, other] = [row(tensor, index).data, alone[output]?.data ?? []];
        one.forEach((value, at) => {
          expect(Number(value)).toBeCloseTo(Number(other[at]), 3);
        });
      }
    }
    await session.close();
  });

  it.each(['brain-tissue', 'ct-regions', 'ct-tissue', 'fundus-vessels', 'stain-nuclei'])(
    '%s runs alone',
    async (name) => {
      const { serving } = await loadPackage({ layout: 'medserve', folder: join(MODELS, name, '1') });
      expect(serving.batching).toBeUndefined();
    },
  );
});
