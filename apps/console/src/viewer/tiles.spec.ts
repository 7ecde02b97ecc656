import { levelFor, TILE, tileSamples, visibleTiles } from './tiles';
import { fitView } from './view';

const frame = { columns: 10_000, rows: 9_000, aspect: 1 };
const size = { width: 1_000, height: 800 };

describe('tiles', () => {
  it('cover all that is in sight, at most twice as fine as the screen', () => {
    const view = fitView(frame, size);
    expect(levelFor(view, 1, 1)).toBe(3);
    const tiles = visibleTiles(view, frame, size, 1);
    const covered = tiles.reduce((sum, { width, height }) => sum + width * height, 0);
    expect(covered).toBe(1_250 * 1_125);
    expect(tiles.every(({ width, height }) => width <= TILE && height <= TILE)).toBe(true);
  });

  it('are few, whatever is zoomed to', () => {
    const tiles = visibleTiles({ scale: 1, left: -5_000, top: -4_000 }, frame, size, 1);
    expect(tiles.map(({ level }) => level)).toEqual(tiles.map(() => 0));
    expect(tiles.length).toBeLessThanOrEqual(9);
    expect(tiles[0]).toMatchObject({ x: 4_608, y: 3_584 });
  });

  it('are none where nothing is in sight', () => {
    expect(visibleTiles({ scale: 1, left: 2_000, top: 0 }, frame, size, 1)).toEqual([]);
  });

  it('hold the samples of their slice as they are, or means of what a painted pixel stands for', () => {
    const volume = {
      columns: 5,
      rows: 3,
      slices: 2,
      samplesPerPixel: 1 as const,
      samples: Int16Array.from({ length: 30 }, (_, at) => at * 10),
      slope: 1,
      intercept: 0,
      nifti: new ArrayBuffer(0),
    };
    const whole = { level: 0, x: 3, y: 1, width: 2, height: 2 };
    expect([...tileSamples(volume, 1, whole)]).toEqual([230, 240, 280, 290]);
    const halved = { level: 1, x: 0, y: 0, width: 3, height: 2 };
    expect([...tileSamples(volume, 0, halved)]).toEqual([30, 50, 65, 105, 125, 140]);
  });
});
