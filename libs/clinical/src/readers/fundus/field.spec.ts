import { findField } from './field';

function lit(width: number, height: number, inside: (x: number, y: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, at) =>
    Number(inside((at % width) + 0.5, Math.floor(at / width) + 0.5)),
  );
}

describe('findField', () => {
  it('finds the circle though top and bottom are cut off and a notch stands out', () => {
    const inside = (x: number, y: number) =>
      Math.hypot(x - 150, y - 100) <= 140 || (x > 230 && x < 262 && y > 0 && y < 30);
    const { circle } = findField(lit(300, 200, inside), 300, 200);
    expect(circle?.x).toBeCloseTo(150, 0);
    expect(circle?.y).toBeCloseTo(100, 0);
    expect(circle?.radius).toBeCloseTo(140, 0);
  });

  it('has no circle in a crop that shows no edge of the field', () => {
    const field = findField(
      lit(80, 60, () => true),
      80,
      60,
    );
    expect(field.circle).toBeUndefined();
    expect(field.pixels).toBe(4800);
  });

  it('leaves out small lit things beside the field', () => {
    const field = findField(
      lit(100, 100, (x, y) => Math.hypot(x - 50, y - 50) < 40 || (x < 5 && y < 5)),
      100,
      100,
    );
    expect(field.mask[0]).toBe(0);
    expect(field.circle?.radius).toBeCloseTo(40, 0);
  });

  it('is empty in a black picture', () => {
    expect(findField(new Uint8Array(100), 10, 10)).toMatchObject({ pixels: 0 });
  });
});
