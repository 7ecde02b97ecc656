import type { Picture } from '@medserve/clinical';
import { eyesOf } from './eyes-of';

const PICTURE: Picture = {
  kind: 'picture',
  width: 2,
  height: 1,
  channels: 1,
  sampleType: 'uint8',
  samples: Uint8Array.of(10, 200),
};
const sight = (order: 'nhwc' | 'nchw', as: 'uint8' | 'float32') => ({
  image: { tensor: 'pixels', recipe: [{ step: 'layout', order, as }], tokens: 4, maxImages: 2 },
});
const isPng = (file: Uint8Array | undefined): boolean => Buffer.from(file ?? []).toString('latin1', 1, 4) === 'PNG';

describe('eyesOf', () => {
  it('lays an image out by the recipe of the package, as the input that it names', () => {
    const { tensorOf } = eyesOf(sight('nhwc', 'uint8'));
    expect(tensorOf?.(PICTURE)).toEqual({
      name: 'pixels',
      datatype: 'UINT8',
      shape: [1, 1, 2, 1],
      data: PICTURE.samples,
    });
  });

  it('gives a file of an image, also where the package has no recipe', async () => {
    const eyes = eyesOf({});
    expect(eyes.tensorOf).toBeUndefined();
    const files = await eyes.pngOf(PICTURE);
    expect(files.map(isPng)).toEqual([true]);
  });

  it('is broken by a recipe that is none', () => {
    const juggling = { image: { recipe: [{ step: 'juggle' }], tokens: 1, maxImages: 1 } };
    expect(() => eyesOf(juggling)).toThrow('juggle');
  });
});
