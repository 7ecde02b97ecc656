import { boxBetween, moveBox, stretchBox } from './draft-box';
import { commandOf } from './keys';
import { actionOf, type Ground } from './run-command';
import { firstState, stageReducer, viewOf, type Setting } from './stage-state';

const setting: Setting = {
  volume: { columns: 512, rows: 512, slices: 28 },
  frame: { columns: 512, rows: 512, aspect: 1 },
  window: { center: 40, width: 400 },
  isInverted: false,
  tool: 'window',
};
const next = stageReducer(setting);
const first = next(firstState(setting), { type: 'resize', size: { width: 512, height: 512 } });
const pressed = (key: string, shiftKey = false) => ({ key, shiftKey, ctrlKey: false, altKey: false, metaKey: false });
const ground = (rest: Partial<Ground> = {}): Ground => ({
  setting,
  state: first,
  view: viewOf(first, setting.frame),
  pixelRatio: 1,
  presets: [{ center: 1, width: 2 }],
  ...rest,
});

describe('a stage', () => {
  it('opens in the middle of a volume, all of the slice in sight', () => {
    expect(first.slice).toBe(13);
    expect(viewOf(first, setting.frame)).toEqual({ scale: 1, left: 0, top: 0 });
  });

  it('stays within the volume', () => {
    expect(next(first, { type: 'scroll', by: 99 }).slice).toBe(27);
    expect(next(first, { type: 'scroll', by: -99 }).slice).toBe(0);
    expect(next(first, { type: 'slice', to: 3.4 }).slice).toBe(3);
  });

  it('leaves a box that is being drawn with its slice', () => {
    const drawing = next(first, { type: 'draft', draft: { x: 1, y: 1, width: 1, height: 1 } });
    expect(next(drawing, { type: 'scroll', by: 1 }).draft).toBeUndefined();
    expect(next(drawing, { type: 'scroll', by: 0 }).draft).toBeDefined();
  });

  it('goes back to how it was opened', () => {
    const changed = [
      { type: 'invert' } as const,
      { type: 'zoom', factor: 3 } as const,
      { type: 'dragWindow', dx: 0.2, dy: 0.1 } as const,
      { type: 'marks' } as const,
    ].reduce(next, first);
    expect(changed).toMatchObject({ isInverted: true, hasMarks: false });
    expect(next(changed, { type: 'reset' })).toEqual(first);
  });

  it('is as it was when it is shown again after it was hidden', () => {
    const zoomed = next(first, { type: 'zoom', factor: 3 });
    expect(next(zoomed, { type: 'resize', size: { width: 0, height: 0 } })).toBe(zoomed);
  });
});

describe('keys', () => {
  it('go through a volume, and pan with Shift or on a flat image', () => {
    expect(commandOf(pressed('ArrowDown'), { slices: true, draft: false })).toBe('nextSlice');
    expect(commandOf(pressed('ArrowDown', true), { slices: true, draft: false })).toBe('panDown');
    expect(commandOf(pressed('ArrowDown'), { slices: false, draft: false })).toBe('panDown');
    expect(commandOf(pressed('PageDown'), { slices: false, draft: false })).toBeUndefined();
  });

  it('leave the browser its own, and Tab the page', () => {
    expect(commandOf({ ...pressed('r'), ctrlKey: true }, { slices: true, draft: false })).toBeUndefined();
    expect(commandOf(pressed('Tab'), { slices: true, draft: false })).toBeUndefined();
    expect(commandOf(pressed('constructor'), { slices: true, draft: false })).toBeUndefined();
  });

  it('move and stretch a box that is being drawn', () => {
    expect(commandOf(pressed('ArrowLeft'), { slices: true, draft: true })).toBe('panLeft');
    expect(commandOf(pressed('ArrowLeft', true), { slices: true, draft: true })).toBe('stretchLeft');
    const state = { ...first, draft: { x: 10, y: 10, width: 20, height: 20 } };
    expect(actionOf('panRight', ground({ state }))).toEqual({
      type: 'draft',
      draft: { x: 14, y: 10, width: 20, height: 20 },
    });
    expect(actionOf('stretchUp', ground({ state }))).toMatchObject({ draft: { height: 16 } });
  });

  it('choose windows, as far as there are some', () => {
    expect(actionOf('preset1', ground())).toEqual({ type: 'window', window: { center: 1, width: 2 } });
    expect(actionOf('preset6', ground())).toBeUndefined();
  });
});

describe('a box that is drawn', () => {
  const frame = { columns: 100, rows: 50, aspect: 1 };

  it('is of whole pixels, within the image, and never empty', () => {
    expect(boxBetween([20.2, 30.7], [10.5, 20.1], frame)).toEqual({ x: 10, y: 20, width: 11, height: 11 });
    expect(boxBetween([-50, -50], [500, 500], frame)).toEqual({ x: 0, y: 0, width: 100, height: 50 });
    expect(boxBetween([300, 300], [400, 400], frame)).toEqual({ x: 99, y: 49, width: 1, height: 1 });
  });

  it('stays within the image when it is moved or stretched', () => {
    const box = { x: 90, y: 40, width: 10, height: 10 };
    expect(moveBox(box, 5, -5, frame)).toEqual({ ...box, y: 35 });
    expect(stretchBox(box, 5, -50, frame)).toEqual({ ...box, height: 1 });
  });
});
