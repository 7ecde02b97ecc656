import { pictureOf, working } from '../testing';
import { colour } from './colour';
import { rescale } from './rescale';

describe('colour', () => {
  it('spreads one channel over three and takes the luma of three', () => {
    const grey = pictureOf(2, 1, Uint16Array.of(7, 900));
    const { image } = colour.apply(working(grey), { to: 'rgb' });
    expect(image).toMatchObject({ channels: 3, samples: Uint16Array.of(7, 7, 7, 900, 900, 900) });
    expect(colour.apply({ ...working(grey), image }, { to: 'grey' }).image).toMatchObject({
      channels: 1,
      samples: grey.samples,
    });
    expect([...colour.apply(working(pictureOf(1, 1, Uint8Array.of(255, 0, 0))), { to: 'grey' }).image.samples]).toEqual(
      [76],
    );
  });

  it('passes what is right already', () => {
    const grey = pictureOf(1, 1, Uint8Array.of(7));
    expect(colour.apply(working(grey), { to: 'grey' }).image).toBe(grey);
  });
});

describe('rescale', () => {
  it('makes stored values mean something, once', () => {
    const stored = pictureOf(2, 1, Int16Array.of(0, 1064), { rescale: { slope: 1, intercept: -1024, unit: 'HU' } });
    const once = rescale.apply(working(stored), {});
    expect(once.image).toMatchObject({
      sampleType: 'float32',
      samples: Float32Array.of(-1024, 40),
      rescale: { slope: 1, intercept: 0, unit: 'HU' },
    });
    expect(rescale.apply(once, {}).image.samples).toEqual(once.image.samples);
  });
});
