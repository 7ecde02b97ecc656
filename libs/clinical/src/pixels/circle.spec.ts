import fc from 'fast-check';
import { fitCircle } from './circle';

const arc = (x: number, y: number, radius: number, from: number, to: number) =>
  Array.from({ length: 50 }, (_, i): [number, number] => {
    const angle = from + ((to - from) * i) / 49;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });

describe('fitCircle', () => {
  it('finds the circle of which only an arc is seen', () => {
    const coordinate = fc.double({ min: -500, max: 500, noNaN: true });
    fc.assert(
      fc.property(
        coordinate,
        coordinate,
        fc.double({ min: 1, max: 1000, noNaN: true }),
        fc.double({ min: 1, max: 6, noNaN: true }),
        (x, y, r, width) => {
          const found = fitCircle(arc(x, y, r, 0.3, 0.3 + width));
          expect(found?.x).toBeCloseTo(x, 3);
          expect(found?.y).toBeCloseTo(y, 3);
          expect(found?.radius).toBeCloseTo(r, 3);
        },
      ),
    );
  });

  it('has no answer for points on a line, nor for two points', () => {
    expect(
      fitCircle([
        [0, 0],
        [1, 1],
        [2, 2],
      ]),
    ).toBeUndefined();
    expect(
      fitCircle([
        [0, 0],
        [1, 1],
      ]),
    ).toBeUndefined();
  });
});
