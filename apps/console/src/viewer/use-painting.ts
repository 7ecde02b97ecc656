import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Volume } from '../images/image-set';
import { MarkIndex } from './mark-index';
import { ImagePainter } from './paint-image';
import { MarkPainter, type Look } from './paint-marks';
import { paletteOf } from './palette';
import type { SliceMarks } from './slice-marks';
import type { Setting, StageState } from './stage-state';
import type { View } from './view';

const lookOf = (element: Element): Look => ({
  palette: paletteOf(element),
  font: `600 13px ${getComputedStyle(element).fontFamily}`,
});

const sizeTo = (canvas: HTMLCanvasElement, width: number, height: number): void => {
  // To set a size, even the same one, empties a canvas.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
};

export interface Painting {
  readonly volume: Volume;
  readonly setting: Setting;
  readonly state: StageState;
  readonly view: View;
  readonly marks: SliceMarks;
  readonly pixelRatio: number;
  /** The finding that stands out. */
  readonly strong: string | undefined;
}

/** Draws the image on one canvas and what was found on another above it, each when what it shows has changed. */
export function usePainting({ volume, setting, state, view, marks, pixelRatio, strong }: Painting) {
  const image = useRef<HTMLCanvasElement>(null);
  const found = useRef<HTMLCanvasElement>(null);
  const { frame } = setting;
  const { slice, window: level, isInverted, size, hasMarks, hasLabels, draft } = state;
  const painter = useMemo(() => new ImagePainter(volume, frame), [volume, frame]);
  const [look, setLook] = useState<Look>();
  const marker = useMemo(() => (look === undefined ? undefined : new MarkPainter(frame, look)), [frame, look]);
  const none = useMemo(() => new MarkIndex([], frame.columns, frame.rows), [frame]);

  useLayoutEffect(() => {
    if (image.current !== null) setLook(lookOf(image.current));
  }, []);

  useLayoutEffect(() => {
    const canvas = image.current;
    const context = canvas?.getContext('2d', { alpha: false });
    if (!canvas || !context || size.width === 0) return;
    sizeTo(canvas, Math.round(size.width * pixelRatio), Math.round(size.height * pixelRatio));
    painter.draw(context, { slice, view, size, pixelRatio, shades: { window: level, isInverted } });
  }, [painter, slice, view, level, isInverted, size, pixelRatio]);

  useLayoutEffect(() => {
    const canvas = found.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context || size.width === 0) return;
    sizeTo(canvas, Math.round(size.width * pixelRatio), Math.round(size.height * pixelRatio));
    marker?.draw(context, {
      marks: hasMarks ? marks.on(slice) : none,
      view,
      size,
      pixelRatio,
      strong: new Set(strong === undefined ? [] : [strong]),
      hasLabels,
      draft,
    });
  }, [marker, marks, none, slice, view, size, pixelRatio, strong, hasMarks, hasLabels, draft]);

  useEffect(
    () => () => {
      painter.free();
    },
    [painter],
  );
  useEffect(
    () => () => {
      marker?.free();
    },
    [marker],
  );
  return { image, found };
}
