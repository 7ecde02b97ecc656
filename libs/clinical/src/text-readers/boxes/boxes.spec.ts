import fc from 'fast-check';
import { VOLUME } from '../testing/reading';
import { findBoxes } from './find-boxes';
import { frameOf, gridParameters, placeBox, spellBox, type Corners, type Grid } from './grid';
import { readBoxes } from './read-boxes';

const FRAME = { width: 200, height: 100 };
const grid = (more: Partial<Grid> = {}): Grid => ({ ...gridParameters.parse({}), ...more });

describe('a box in the words of a model', () => {
  it.each([
    ['brackets', 'It is at [10, 20,30,40].', 100, { x: 20, y: 20, width: 40, height: 20 }],
    ['box-pairs', '<|box|>(10,20),(30,40)<|/box|>', 100, { x: 20, y: 20, width: 40, height: 20 }],
    ['box-pairs', '<box> (100,200), (300,400) </box>', 1000, { x: 20, y: 20, width: 40, height: 20 }],
    ['box-tags', '<obj>effusion <box><x10><y20><x30><y40></box></obj>', 100, { x: 21, y: 20.5, width: 40, height: 20 }],
  ] as const)('is read as %s: %s', (form, text, coordinates, box) => {
    const { boxes, refused } = readBoxes(text, grid({ form, coordinates }), FRAME);
    expect(boxes).toMatchObject([{ box, isClipped: false }]);
    expect(refused).toEqual([]);
  });

  it('covers the square in the middle for a model that looks at that', () => {
    const { boxes } = readBoxes('[0,0,100,100]', grid({ area: 'centre-square' }), FRAME);
    expect(boxes[0]?.box).toEqual({ x: 50, y: 0, width: 100, height: 100 });
  });

  it.each([
    '[10,20,30]',
    '[1,2,3,4,5]',
    '[30,20,10,40]',
    '[10,20,10,40]',
    '[99.999,20,100,40]',
    '[10,20,30,x]',
    '[10,20,300,40]',
    '[10,20,30,40',
    '[1..2,3,4,5]',
  ])('is refused where it is none on the image: %s', (text) => {
    expect(readBoxes(text, grid(), FRAME)).toMatchObject({ boxes: [], refused: [{ start: 0 }] });
  });

  it.each(['<box><x10><y20><x30></box>', '<box>', '<box><x10><y20><x30><y40>'])(
    'is refused with broken tags: %s',
    (text) => {
      expect(readBoxes(text, grid({ form: 'box-tags' }), FRAME)).toMatchObject({ boxes: [], refused: [{ start: 0 }] });
    },
  );

  it('is not seen in what is none: citations, empty lists, words', () => {
    expect(findBoxes('as in [1], [], [see above] and (1,2)', grid())).toEqual([]);
  });

  it('is clipped where it reaches just beyond the edge', () => {
    expect(placeBox([-2, 0, 50, 104], grid(), FRAME)).toEqual({
      kind: 'placed',
      box: { x: 0, y: 0, width: 100, height: 100 },
      isClipped: true,
    });
  });

  it('needs a plane', () => {
    expect(() => frameOf(VOLUME)).toThrow('volumes');
  });
});

const forms = fc.constantFrom<Grid['form']>('brackets', 'box-pairs', 'box-tags');
const frames = fc.record({ width: fc.integer({ min: 1, max: 4000 }), height: fc.integer({ min: 1, max: 4000 }) });
const grids = fc.record({
  form: forms,
  coordinates: fc.integer({ min: 2, max: 2000 }),
  area: fc.constantFrom<Grid['area']>('image', 'centre-square'),
});
const coordinate = fc.integer({ min: -3000, max: 3000 });
const corners = fc.tuple(coordinate, coordinate, coordinate, coordinate);

it('a box that is given lies within the image and has an area', () => {
  fc.assert(
    fc.property(corners, grids, frames, (numbers, rules, frame) => {
      const placed = placeBox(numbers, rules, frame);
      if (placed.kind === 'refused') return;
      const { x, y, width, height } = placed.box;
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(frame.width + 0.02);
      expect(y + height).toBeLessThanOrEqual(frame.height + 0.02);
      expect(Math.min(width, height)).toBeGreaterThan(0);
    }),
  );
});

it('a box that is spelled for a model is read back within a step of the grid', () => {
  fc.assert(
    fc.property(
      grids,
      frames,
      fc.tuple(fc.double({ min: 0, max: 0.6, noNaN: true }), fc.double({ min: 0.1, max: 0.4, noNaN: true })),
      (rules, frame, [from, size]) => {
        const box = {
          x: from * frame.width,
          y: from * frame.height,
          width: size * frame.width,
          height: size * frame.height,
        };
        const [written] = findBoxes(spellBox(box, rules, frame), rules);
        expect(written?.corners).toBeDefined();
        if (rules.area === 'centre-square' || rules.coordinates < 40) return;
        const placed = placeBox(written?.corners as Corners, rules, frame);
        expect(placed.kind).toBe('placed');
        if (placed.kind === 'refused') return;
        const step = Math.max(frame.width, frame.height) / rules.coordinates + 0.02;
        expect(Math.abs(placed.box.x - box.x)).toBeLessThanOrEqual(step);
        expect(Math.abs(placed.box.y - box.y)).toBeLessThanOrEqual(step);
        expect(Math.abs(placed.box.width - box.width)).toBeLessThanOrEqual(2 * step);
      },
    ),
  );
});
