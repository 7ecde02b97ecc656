import type { AnyTensor, Tensor } from '@medserve/clinical';
import type { Session } from '../engine';
import { compare } from './compare';

const gives = (...outputs: AnyTensor[]): Session => ({
  inputs: [],
  outputs: [],
  run: () => Promise.resolve(outputs),
  close: () => Promise.resolve(),
});

const scores = (...values: number[]): Tensor => ({
  name: 'scores',
  datatype: 'FP32',
  shape: [values.length / 2, 2],
  data: Float32Array.from(values),
});

const parity = (one: AnyTensor, other: AnyTensor) => compare(gives(one), gives(other), []);

describe('two versions of a model', () => {
  it('are apart by the largest and the mean difference, and agree on so many best classes', async () => {
    expect(await parity(scores(1, 0, 0, 1), scores(1, 0.5, 1.5, 1))).toEqual([
      {
        name: 'scores',
        datatype: 'FP32',
        elements: 4,
        maxAbsDifference: 1.5,
        meanAbsDifference: 0.5,
        top1Agreement: 0.5,
      },
    ]);
  });

  it('have their halves compared as numbers, not as bits', async () => {
    const half = (...bits: number[]): Tensor => ({
      name: 'h',
      datatype: 'FP16',
      shape: [bits.length],
      data: Uint16Array.from(bits),
    });
    // 1, -2, the smallest; 1.5, 2, zero.
    const [found] = await parity(half(0x3c00, 0xc000, 0x0001), half(0x3e00, 0x4000, 0x0000));
    expect(found).toMatchObject({ maxAbsDifference: 4 });
    expect(found?.meanAbsDifference).toBeCloseTo((0.5 + 4 + 2 ** -24) / 3, 12);
  });

  it('are as far apart as can be where one gives no number', async () => {
    expect(await parity(scores(1, Number.NaN, 1, 0), scores(1, 0, 1, 0.5))).toMatchObject([
      { maxAbsDifference: Number.POSITIVE_INFINITY, meanAbsDifference: Number.POSITIVE_INFINITY },
    ]);
  });

  it('are not apart where both give the same, also no number', async () => {
    const masked = scores(1, Number.NEGATIVE_INFINITY, Number.NaN, 0);
    expect(await parity(masked, masked)).toMatchObject([{ maxAbsDifference: 0, meanAbsDifference: 0 }]);
  });

  it('cannot be compared when they give other shapes', async () => {
    await expect(parity(scores(1, 2), scores(1, 2, 3, 4))).rejects.toMatchObject({ reason: 'invalid_request' });
  });
});
