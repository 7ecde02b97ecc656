/** In parts of the picture's side, from its upper left corner; `r` is half the side of the thing's box. */
interface Thing {
  readonly kind: 'disc' | 'square' | 'cross';
  readonly x: number;
  readonly y: number;
  readonly r: number;
}

const SIDE = 192;
const SHADE = 'rgb(230 230 230)';

/** Two discs, a square and a cross, apart from each other: what models/vqa-small can count, find and name. */
const THINGS: readonly Thing[] = [
  { kind: 'disc', x: 0.27, y: 0.3, r: 0.17 },
  { kind: 'square', x: 0.72, y: 0.27, r: 0.1 },
  { kind: 'cross', x: 0.7, y: 0.74, r: 0.13 },
  { kind: 'disc', x: 0.26, y: 0.76, r: 0.09 },
];

/** A picture whose every answer is known, as the models are tested with: bright things on black. It is of nobody. */
export async function drawTestImage(): Promise<File> {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser draws no pictures.');
  context.fillStyle = 'black';
  context.fillRect(0, 0, SIDE, SIDE);
  context.fillStyle = SHADE;
  for (const thing of THINGS) draw(context, thing);
  return new File([await canvas.convertToBlob({ type: 'image/png' })], 'test-image.png', { type: 'image/png' });
}

function draw(context: OffscreenCanvasRenderingContext2D, { kind, x, y, r }: Thing): void {
  const [left, top, side] = [(x - r) * SIDE, (y - r) * SIDE, 2 * r * SIDE];
  switch (kind) {
    case 'disc':
      context.beginPath();
      context.arc(x * SIDE, y * SIDE, r * SIDE, 0, 2 * Math.PI);
      context.fill();
      return;
    case 'square':
      context.fillRect(left, top, side, side);
      return;
    case 'cross': {
      const arm = 0.3 * side;
      context.fillRect(left, top + (side - arm) / 2, side, arm);
      context.fillRect(left + (side - arm) / 2, top, arm, side);
    }
  }
}
