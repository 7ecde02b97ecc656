import fc from 'fast-check';
import { resample } from './resample';
import { anyPicture, pictureOf } from './testing';

const side = fc.integer({ min: 1, max: 40 });

describe('resample', () => {
  it('averages the area that an output pixel covers when it shrinks', () => {
    expect([...resample(pictureOf(4, 2, Uint8Array.of(0, 10, 20, 30, 40, 50, 60, 70)), 2, 1)]).toEqual([25, 45]);
    expect([...resample(pictureOf(3, 1, Float32Array.of(0, 6, 12)), 2, 1)]).toEqual([2, 10]);
  });

  it('interpolates between pixel centres when it grows, edges held', () => {
    expect([...resample(pictureOf(2, 1, Float32Array.of(0, 8)), 4, 1)]).toEqual([0, 2, 6, 8]);
  });

  it('keeps the channels apart', () => {
    expect([...resample(pictureOf(2, 1, Uint8Array.of(10, 20, 30, 30, 40, 50)), 1, 1)]).toEqual([20, 30, 40]);
  });

  it('leaves a constant picture constant, at any size', () => {
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.integer({ min: 0, max: 255 }),
        (width, height, toWidth, toHeight, value) => {
          const out = resample(pictureOf(width, height, new Uint8Array(width * height).fill(value)), toWidth, toHeight);
          expect(out).toHaveLength(toWidth * toHeight);
          expect(out.every((sample) => sample === value)).toBe(true);
        },
      ),
    );
  });

  it('stays within the values of the picture', () => {
    fc.assert(
      fc.property(anyPicture, side, side, (picture, width, height) => {
        const low = Math.min(...picture.samples);
        const high = Math.max(...picture.samples);
        const resampled = resample(picture, width, height);
        expect(Math.min(...resampled)).toBeGreaterThanOrEqual(low);
        expect(Math.max(...resampled)).toBeLessThanOrEqual(high);
      }),
    );
  });
});
