import fc from 'fast-check';
import { decodeMask, encodeMask, encodeMaskInImage } from './run-length';

const grids = fc
  .record({ width: fc.integer({ min: 1, max: 20 }), height: fc.integer({ min: 1, max: 20 }) })
  .chain(({ width, height }) =>
    fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      mask: fc.uint8Array({ minLength: width * height, maxLength: width * height, max: 1 }),
    }),
  );
const AS_SENT = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };

describe('run-length masks', () => {
  it('begin with the run of zeros, row by row, even where the first pixel is set', () => {
    expect(encodeMask([1, 1, 0, 0, 0, 1], 3, 2)).toEqual({ width: 3, height: 2, counts: [0, 2, 3, 1] });
  });

  it('decode to what was encoded, on any mask', () => {
    fc.assert(
      fc.property(grids, ({ mask, width, height }) => {
        expect(decodeMask(encodeMask(mask, width, height))).toEqual(mask);
      }),
    );
  });

  it('are the same in image pixels when the model saw the image as it was sent', () => {
    fc.assert(
      fc.property(grids, ({ mask, width, height }) => {
        expect(encodeMaskInImage(mask, { width, height }, { width, height }, AS_SENT)).toEqual(
          encodeMask(mask, width, height),
        );
      }),
    );
  });

  it('grow with an image that the recipe had halved, and leave out what lay beside the image', () => {
    const letterboxed = { scaleX: 0.5, scaleY: 0.5, offsetX: 1, offsetY: 0 };
    const mask = [1, 1, 0, 1, /* second row */ 1, 0, 1, 1];
    const sent = encodeMaskInImage(mask, { width: 4, height: 2 }, { width: 4, height: 4 }, letterboxed);
    expect([...decodeMask(sent)]).toEqual([1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1]);
  });

  it('hold zeros where the model saw nothing', () => {
    const shifted = { ...AS_SENT, offsetX: -2 };
    expect(encodeMaskInImage([1, 1], { width: 2, height: 1 }, { width: 4, height: 1 }, shifted).counts).toEqual([2, 2]);
  });
});
