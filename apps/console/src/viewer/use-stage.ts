import { useMemo, useReducer } from 'react';
import type { ImageSet } from '../images/image-set';
import { ctWindow } from './ct-window';
import type { Overlay } from './overlay';
import { SliceMarks } from './slice-marks';
import { firstState, stageReducer, viewOf, type Setting } from './stage-state';
import { firstWindow } from './window-level';

/** How an image is looked at: its layout, how it is shown first, and how it is shown now. */
export function useStage({ volume, description }: ImageSet, overlays: readonly Overlay[]) {
  const { columns, rows } = volume;
  const setting = useMemo<Setting>(() => {
    const { spacingMm, window, isInverted } = description.image;
    const ratio = spacingMm === null ? 1 : spacingMm.y / spacingMm.x;
    return {
      volume,
      frame: { columns, rows, aspect: Number.isFinite(ratio) && ratio > 0 ? ratio : 1 },
      window: firstWindow(volume, window ?? ctWindow(description)),
      isInverted,
      tool: volume.samplesPerPixel === 3 ? 'pan' : 'window',
    };
  }, [volume, description, columns, rows]);
  const reducer = useMemo(() => stageReducer(setting), [setting]);
  const [state, dispatch] = useReducer(reducer, setting, firstState);
  const marks = useMemo(() => new SliceMarks(overlays, columns, rows), [overlays, columns, rows]);
  const { view: own, size } = state;
  const view = useMemo(() => viewOf({ view: own, size }, setting.frame), [own, size, setting]);
  return { setting, state, dispatch, marks, view };
}
