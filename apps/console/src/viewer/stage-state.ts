import type { Box } from '@medserve/clinical';
import type { Volume } from '../images/image-set';
import { dragWindow, type WindowLevel } from './window-level';
import { fitView, panBy, trueView, zoomAbout, type Frame, type Size, type View } from './view';

/** What a drag of the pointer does. */
export type Tool = 'window' | 'pan' | 'draw';

export interface StageState {
  readonly slice: number;
  /** Absent: the whole slice, however large the canvas is. */
  readonly view?: View | undefined;
  readonly window: WindowLevel;
  readonly isInverted: boolean;
  readonly tool: Tool;
  readonly hasMarks: boolean;
  readonly hasLabels: boolean;
  readonly size: Size;
  readonly draft?: Box | undefined;
}

/** What does not change while an image is looked at. */
export interface Setting {
  readonly volume: Pick<Volume, 'columns' | 'rows' | 'slices'>;
  readonly frame: Frame;
  readonly window: WindowLevel;
  readonly isInverted: boolean;
  readonly tool: Tool;
}

export type StageAction =
  | { readonly type: 'resize'; readonly size: Size }
  | { readonly type: 'slice'; readonly to: number }
  | { readonly type: 'scroll'; readonly by: number }
  | { readonly type: 'window'; readonly window: WindowLevel }
  /** Shares of the canvas. */
  | { readonly type: 'dragWindow'; readonly dx: number; readonly dy: number }
  | { readonly type: 'invert' }
  /** CSS pixels. */
  | { readonly type: 'pan'; readonly dx: number; readonly dy: number }
  /** About a point of the canvas; absent: its middle. */
  | { readonly type: 'zoom'; readonly factor: number; readonly x?: number; readonly y?: number }
  | { readonly type: 'view'; readonly view: View }
  | { readonly type: 'fit' }
  | { readonly type: 'true'; readonly pixelRatio: number }
  | { readonly type: 'reset' }
  | { readonly type: 'tool'; readonly tool: Tool }
  | { readonly type: 'marks' }
  | { readonly type: 'labels' }
  | { readonly type: 'draft'; readonly draft: Box | undefined };

export const firstState = ({ volume, window, isInverted, tool }: Setting): StageState => ({
  // The middle of a volume says more than its edge.
  slice: Math.floor((volume.slices - 1) / 2),
  window,
  isInverted,
  tool,
  hasMarks: true,
  hasLabels: true,
  size: { width: 0, height: 0 },
});

export const viewOf = ({ view, size }: Pick<StageState, 'view' | 'size'>, frame: Frame): View =>
  view ?? fitView(frame, size);

/** The next state of a stage. */
export function stageReducer(setting: Setting): (state: StageState, action: StageAction) => StageState {
  const { frame, volume } = setting;
  const bounded = (slice: number): number => Math.min(volume.slices - 1, Math.max(0, Math.round(slice)));
  return (state, action) => {
    switch (action.type) {
      case 'resize':
        // What is hidden has no size, and is looked at as before when it is shown again.
        if (action.size.width === 0 || action.size.height === 0) return state;
        return {
          ...state,
          size: action.size,
          view: state.view === undefined ? undefined : panBy(state.view, 0, 0, frame, action.size),
        };
      case 'slice':
        return toSlice(state, bounded(action.to));
      case 'scroll':
        return toSlice(state, bounded(state.slice + action.by));
      case 'window':
        return { ...state, window: action.window };
      case 'dragWindow':
        return { ...state, window: dragWindow(state.window, action.dx, action.dy) };
      case 'invert':
        return { ...state, isInverted: !state.isInverted };
      case 'pan':
        return { ...state, view: panBy(viewOf(state, frame), action.dx, action.dy, frame, state.size) };
      case 'zoom': {
        const { x = state.size.width / 2, y = state.size.height / 2 } = action;
        return { ...state, view: zoomAbout(viewOf(state, frame), action.factor, x, y, frame, state.size) };
      }
      case 'view':
        return { ...state, view: action.view };
      case 'fit':
        return { ...state, view: undefined };
      case 'true':
        return { ...state, view: trueView(frame, state.size, action.pixelRatio) };
      case 'reset':
        return {
          ...state,
          view: undefined,
          window: setting.window,
          isInverted: setting.isInverted,
          hasMarks: true,
          hasLabels: true,
        };
      case 'tool':
        return { ...state, tool: action.tool, draft: undefined };
      case 'marks':
        return { ...state, hasMarks: !state.hasMarks };
      case 'labels':
        return { ...state, hasLabels: !state.hasLabels };
      case 'draft':
        return { ...state, draft: action.draft };
    }
  };
}

/** A box that is being drawn belongs to the slice that it was begun on. */
const toSlice = (state: StageState, slice: number): StageState =>
  slice === state.slice ? state : { ...state, slice, draft: undefined };
