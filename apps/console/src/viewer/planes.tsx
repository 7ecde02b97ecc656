import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { ImageSet } from '../images/image-set';
import { useText } from '../i18n';
import { Button, Notice } from '../ui';
import { ctWindow } from './ct-window';
import { drawPlanes, type Layout, type PlanesDrawing } from './draw-planes';
import { VIEWER } from './messages';
import type { Overlay } from './overlay';
import { paletteOf } from './palette';
import css from './stage.module.css';
import { labelFile, reducedFile, sizeAfter, stepsFor } from './volume-file';
import { firstWindow } from './window-level';

const LAYOUTS: readonly Layout[] = ['layoutAll', 'layoutAxial', 'layoutCoronal', 'layoutSagittal', 'layoutRender'];

const MOVES: Readonly<Record<string, readonly [number, number, number]>> = {
  ArrowLeft: [-1, 0, 0],
  ArrowRight: [1, 0, 0],
  ArrowUp: [0, 1, 0],
  ArrowDown: [0, -1, 0],
  PageUp: [0, 0, 1],
  PageDown: [0, 0, -1],
};

export interface PlanesProps {
  readonly images: ImageSet;
  readonly overlays: readonly Overlay[];
  readonly onClose: () => void;
}

/** A volume in three planes that cross at one point, and in 3D, with the masks of what was found. */
export default function Planes({ images, overlays, onClose }: PlanesProps) {
  const { volume, description } = images;
  const t = useText(VIEWER);
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<PlanesDrawing>(undefined);
  const [progress, setProgress] = useState<'preparing' | 'shown' | 'planesFailed'>('preparing');
  const [layout, setLayout] = useState<Layout>('layoutAll');
  const steps = useMemo(() => stepsFor(volume), [volume]);

  useEffect(() => {
    const drawn = canvas.current;
    if (drawn === null) return undefined;
    let isGone = false;
    const palette = paletteOf(drawn);
    const draw = async (): Promise<void> => {
      const started = await drawPlanes(drawn, {
        file: reducedFile(volume, steps),
        labels: labelFile(volume, steps, overlays, palette.length),
        shades: {
          window: firstWindow(volume, description.image.window ?? ctWindow(description)),
          isInverted: description.image.isInverted,
        },
        palette,
      });
      if (isGone) started.free();
      else {
        drawing.current = started;
        setProgress('shown');
      }
    };
    // The text that says that it takes a while is painted before the browser is kept busy.
    const frame = requestAnimationFrame(() => {
      draw().catch(() => {
        if (!isGone) setProgress('planesFailed');
      });
    });
    return () => {
      isGone = true;
      cancelAnimationFrame(frame);
      drawing.current?.free();
      drawing.current = undefined;
    };
  }, [volume, description, overlays, steps]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    if (move === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    // Niivue listens to the same keys in ways of its own.
    event.stopPropagation();
    drawing.current?.move(...move);
  };
  const [columns, rows, slices] = sizeAfter(volume, steps);
  const isReduced = steps.some((step) => step > 1);
  return (
    <div className={css['stage']} role="group" aria-label={t('planes')}>
      <div className={css['toolbar']}>
        <Button autoFocus onClick={onClose}>
          {t('slices')}
        </Button>
        <select
          className={css['choice']}
          aria-label={t('layout')}
          value={layout}
          onChange={(event) => {
            const chosen = event.target.value as Layout;
            setLayout(chosen);
            drawing.current?.show(chosen);
          }}
        >
          {LAYOUTS.map((name) => (
            <option key={name} value={name}>
              {t(name)}
            </option>
          ))}
        </select>
      </div>
      {progress === 'shown' ? null : (
        <Notice tone={progress === 'preparing' ? 'neutral' : 'warn'}>{t(progress)}</Notice>
      )}
      <div
        className={css['planes']}
        role="application"
        tabIndex={0}
        aria-label={`${t('planesAlt')} ${t('planesKeys')}`}
        onKeyDownCapture={onKeyDown}
      >
        <canvas ref={canvas} aria-hidden="true" tabIndex={-1} />
      </div>
      <p className={css['planesTold']}>
        {t('planesKeys')}{' '}
        {isReduced
          ? t('reduced', {
              columns,
              rows,
              slices,
              ofColumns: volume.columns,
              ofRows: volume.rows,
              ofSlices: volume.slices,
            })
          : null}
      </p>
    </div>
  );
}
