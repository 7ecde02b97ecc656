import { bringIntoSight, fitView, panBy, toCanvas, toImage, trueView, zoomAbout } from './view';

const frame = { columns: 512, rows: 256, aspect: 2 };
const size = { width: 800, height: 600 };

describe('a view', () => {
  it('fits the whole slice in the middle, spacing-true', () => {
    const view = fitView(frame, size);
    expect(view.scale).toBeCloseTo(600 / 512);
    expect(toCanvas(view, frame.aspect, 0, 0)).toEqual([100, 0]);
    expect(toCanvas(view, frame.aspect, 512, 256)).toEqual([700, 600]);
  });

  it('maps from the canvas to the image and back', () => {
    const view = { scale: 1.7, left: -33, top: 12 };
    const [x, y] = toImage(view, 2, 311, 207);
    const [left, top] = toCanvas(view, 2, x, y);
    expect(left).toBeCloseTo(311);
    expect(top).toBeCloseTo(207);
  });

  it('shows one column a pixel of the screen', () => {
    expect(trueView(frame, size, 2).scale).toBe(0.5);
  });

  it('keeps what is under the pointer where it is when it zooms', () => {
    const view = fitView(frame, size);
    const [x, y] = toImage(view, frame.aspect, 300, 200);
    const zoomed = zoomAbout(view, 3, 300, 200, frame, size);
    expect(zoomed.scale).toBeCloseTo(view.scale * 3);
    const [left, top] = toCanvas(zoomed, frame.aspect, x, y);
    expect(left).toBeCloseTo(300);
    expect(top).toBeCloseTo(200);
  });

  it('zooms neither out of sight nor beyond sixty-four pixels a pixel', () => {
    const view = fitView(frame, size);
    expect(zoomAbout(view, 1e9, 0, 0, frame, size).scale).toBe(64);
    expect(zoomAbout(view, 1e-9, 0, 0, frame, size).scale).toBeCloseTo(view.scale / 4);
  });

  it.each([
    [1e6, 1e6],
    [-1e6, -1e6],
  ])('leaves some of the slice in sight when it is moved by %d', (dx, dy) => {
    const view = panBy(fitView(frame, size), dx, dy, frame, size);
    const [left, top] = toCanvas(view, frame.aspect, 0, 0);
    const [right, bottom] = toCanvas(view, frame.aspect, frame.columns, frame.rows);
    expect(right).toBeGreaterThanOrEqual(48);
    expect(bottom).toBeGreaterThanOrEqual(48);
    expect(left).toBeLessThanOrEqual(size.width - 48);
    expect(top).toBeLessThanOrEqual(size.height - 48);
  });

  it('moves to a place only where it is not in sight', () => {
    const near = zoomAbout(fitView(frame, size), 4, 400, 300, frame, size);
    expect(bringIntoSight(near, 256, 128, frame, size)).toBe(near);
    const moved = bringIntoSight(near, 20, 20, frame, size);
    const [left, top] = toCanvas(moved, frame.aspect, 20, 20);
    expect([left, top].map(Math.round)).toEqual([400, 300]);
  });
});
