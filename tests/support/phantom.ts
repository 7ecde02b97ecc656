import sharp from 'sharp';

/** In parts of the picture's side, from its upper left corner; `r` is half the side of the thing's box. */
export interface Thing {
  readonly kind: 'disc' | 'square' | 'cross';
  readonly x: number;
  readonly y: number;
  readonly r: number;
}

const SIDE = 192;
const SHADE = 230;

function covers({ kind, x, y, r }: Thing, atX: number, atY: number): boolean {
  const dx = Math.abs(atX - x);
  const dy = Math.abs(atY - y);
  switch (kind) {
    case 'disc':
      return Math.hypot(dx, dy) <= r;
    case 'square':
      return Math.max(dx, dy) <= r;
    case 'cross':
      return Math.max(dx, dy) <= r && Math.min(dx, dy) <= 0.3 * r;
  }
}

/** A picture of bright things on black whose every answer is known: the plain ones of models/vqa-small/1/recipe/scenes.py. */
export function phantom(things: readonly Thing[]): Promise<Buffer> {
  const pixels = Buffer.alloc(SIDE * SIDE);
  for (let row = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      const isLit = things.some((thing) => covers(thing, (column + 0.5) / SIDE, (row + 0.5) / SIDE));
      pixels[row * SIDE + column] = isLit ? SHADE : 0;
    }
  }
  return sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
}

/** Where a thing is, in pixels of the picture. */
export const boxOf = ({ x, y, r }: Thing) => ({
  x: (x - r) * SIDE,
  y: (y - r) * SIDE,
  width: 2 * r * SIDE,
  height: 2 * r * SIDE,
});

type Box = ReturnType<typeof boxOf>;

/** How much two boxes have in common, as a share of all that they cover. */
export function overlap(one: Box, other: Box): number {
  const side = (from: 'x' | 'y', size: 'width' | 'height'): number =>
    Math.max(0, Math.min(one[from] + one[size], other[from] + other[size]) - Math.max(one[from], other[from]));
  const common = side('x', 'width') * side('y', 'height');
  return common / (one.width * one.height + other.width * other.height - common);
}
