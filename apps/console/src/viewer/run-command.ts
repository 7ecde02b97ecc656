import type { Box } from '@medserve/clinical';
import { boxInSight, moveBox, stretchBox } from './draft-box';
import type { Command } from './keys';
import type { Setting, StageAction, StageState } from './stage-state';
import type { View } from './view';
import { bareWindow, type WindowLevel } from './window-level';

/** What commands are run on. */
export interface Ground {
  readonly setting: Setting;
  readonly state: StageState;
  readonly view: View;
  readonly pixelRatio: number;
  /** Of the keys 1 to 6. */
  readonly presets: readonly WindowLevel[];
}

/** Shares of the canvas, and of a window, that one press of a key moves by. */
const STEP = 0.1;

const DIRECTIONS = { Left: [-1, 0], Right: [1, 0], Up: [0, -1], Down: [0, 1] } as const;

type Direction = keyof typeof DIRECTIONS;

/**
 * What a command changes of how the image is looked at; undefined of those that concern what is around it: findings,
 * the page, what is done with a drawn box.
 */
export function actionOf(
  command: Command,
  { setting, state, view, pixelRatio, presets }: Ground,
): StageAction | undefined {
  switch (command) {
    case 'nextSlice':
      return { type: 'scroll', by: 1 };
    case 'previousSlice':
      return { type: 'scroll', by: -1 };
    case 'skipForward':
      return { type: 'scroll', by: 10 };
    case 'skipBack':
      return { type: 'scroll', by: -10 };
    case 'firstSlice':
      return { type: 'slice', to: 0 };
    case 'lastSlice':
      return { type: 'slice', to: setting.volume.slices - 1 };
    case 'panLeft':
    case 'panRight':
    case 'panUp':
    case 'panDown':
      return arrow(command.slice('pan'.length) as Direction, moveBox, { setting, state, view });
    case 'stretchLeft':
    case 'stretchRight':
    case 'stretchUp':
    case 'stretchDown':
      return arrow(command.slice('stretch'.length) as Direction, stretchBox, { setting, state, view });
    case 'zoomIn':
      return { type: 'zoom', factor: 1.25 };
    case 'zoomOut':
      return { type: 'zoom', factor: 0.8 };
    case 'fit':
      return { type: 'fit' };
    case 'trueSize':
      return { type: 'true', pixelRatio };
    case 'wider':
      return { type: 'dragWindow', dx: STEP / 2, dy: 0 };
    case 'narrower':
      return { type: 'dragWindow', dx: -STEP / 2, dy: 0 };
    case 'higher':
      return { type: 'dragWindow', dx: 0, dy: STEP / 2 };
    case 'lower':
      return { type: 'dragWindow', dx: 0, dy: -STEP / 2 };
    case 'invert':
    case 'marks':
    case 'labels':
    case 'reset':
      return { type: command };
    case 'preset1':
    case 'preset2':
    case 'preset3':
    case 'preset4':
    case 'preset5':
    case 'preset6': {
      const preset = presets[Number(command.at(-1)) - 1];
      return preset && { type: 'window', window: bareWindow(preset) };
    }
    case 'draw':
      return { type: 'tool', tool: state.tool === 'draw' ? setting.tool : 'draw' };
    case 'nextFinding':
    case 'previousFinding':
    case 'keep':
    case 'leave':
    case 'fullScreen':
    case 'help':
      return undefined;
  }
}

/** Arrows move or stretch the box that is being drawn, by at least a pixel; without one they move the image against them. */
function arrow(
  direction: Direction,
  change: (box: Box, dx: number, dy: number, frame: Setting['frame']) => Box,
  { setting, state, view }: Pick<Ground, 'setting' | 'state' | 'view'>,
): StageAction {
  const [x, y] = DIRECTIONS[direction];
  if (state.draft === undefined)
    return { type: 'pan', dx: -x * STEP * state.size.width, dy: -y * STEP * state.size.height };
  const by = Math.max(1, Math.round(4 / view.scale));
  return { type: 'draft', draft: change(state.draft, x * by, y * by, setting.frame) };
}

/** The box that drawing by keyboard begins with, where there is none yet. */
export const firstDraft = ({ state, view, setting }: Pick<Ground, 'setting' | 'state' | 'view'>): StageAction => ({
  type: 'draft',
  draft: state.draft ?? boxInSight(view, setting.frame, state.size),
});
