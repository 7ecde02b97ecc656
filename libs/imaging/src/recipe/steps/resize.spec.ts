import type { Picture } from '@medserve/clinical';
import fc from 'fast-check';
import { anyPicture, pictureOf, working } from '../testing';
import { resize } from './resize';

const resized = (picture: Picture, wanted: object) => {
  const { image, placement } = resize.apply(working(picture), resize.parameters.parse(wanted));
  if (image.kind !== 'picture') throw new Error('a picture becomes a picture');
  return { image, placement };
};

const side = fc.integer({ min: 1, max: 40 });
const fit = fc.constantFrom('stretch', 'contain', 'cover');

describe('resize', () => {
  it('stretches', () => {
    const { image, placement } = resized(pictureOf(4, 1, Uint8Array.of(0, 10, 20, 30)), {
      width: 2,
      height: 2,
      fit: 'stretch',
    });
    expect([...image.samples]).toEqual([5, 25, 5, 25]);
    expect(placement).toEqual({ scaleX: 0.5, scaleY: 2, offsetX: 0, offsetY: 0 });
  });

  it('contains: centred on black', () => {
    const { image, placement } = resized(pictureOf(4, 2, new Uint8Array(8).fill(9)), {
      width: 4,
      height: 4,
      fit: 'contain',
    });
    expect([...image.samples]).toEqual([0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 0]);
    expect(placement).toEqual({ scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 1 });
  });

  it('covers: what stands over is cut equally on both sides', () => {
    const { image, placement } = resized(pictureOf(4, 2, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)), {
      width: 2,
      height: 2,
      fit: 'cover',
    });
    expect([...image.samples]).toEqual([2, 3, 6, 7]);
    expect(placement).toEqual({ scaleX: 1, scaleY: 1, offsetX: -1, offsetY: 0 });
  });

  it('scales the longer side, and does not enlarge when told so', () => {
    const picture = pictureOf(4, 2, new Uint8Array(8));
    expect(resized(picture, { longest: 8 }).image).toMatchObject({ width: 8, height: 4 });
    expect(resized(picture, { longest: 8, enlarge: false }).image).toBe(picture);
    expect(resized(picture, { longest: 2, enlarge: false }).image).toMatchObject({ width: 2, height: 1 });
  });

  it('keeps the spacing true', () => {
    const picture = pictureOf(4, 2, new Uint8Array(8), { spacingMm: { row: 1, column: 0.5 } });
    expect(resized(picture, { width: 2, height: 2, fit: 'stretch' }).image.spacingMm).toEqual({ row: 1, column: 1 });
  });

  it('places the corners of the picture inside the frame with contain, around it with cover, on it with stretch', () => {
    fc.assert(
      fc.property(anyPicture, side, side, fit, (picture, width, height, how) => {
        const { image, placement } = resized(picture, { width, height, fit: how });
        expect(image.samples).toHaveLength(width * height * picture.channels);
        const left = placement.offsetX;
        const right = picture.width * placement.scaleX + placement.offsetX;
        const bottom = picture.height * placement.scaleY + placement.offsetY;
        if (how === 'stretch')
          expect([left, right, bottom]).toEqual([0, expect.closeTo(width), expect.closeTo(height)]);
        if (how === 'contain') {
          expect(left).toBeGreaterThanOrEqual(0);
          expect(right).toBeLessThanOrEqual(width + 1e-9);
          expect(bottom).toBeLessThanOrEqual(height + 1e-9);
        }
        if (how === 'cover') {
          expect(left).toBeLessThanOrEqual(0);
          expect(right).toBeGreaterThanOrEqual(width - 1e-9);
          expect(bottom).toBeGreaterThanOrEqual(height - 1e-9);
        }
      }),
    );
  });

  it('adds its placement to the one before it', () => {
    const before = {
      image: pictureOf(2, 2, new Uint8Array(4)),
      placement: { scaleX: 0.5, scaleY: 0.5, offsetX: 3, offsetY: 1 },
    };
    const { placement } = resize.apply(before, resize.parameters.parse({ width: 4, height: 6, fit: 'contain' }));
    expect(placement).toEqual({ scaleX: 1, scaleY: 1, offsetX: 6, offsetY: 3 });
  });
});
