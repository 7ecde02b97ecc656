import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useFormat, useText } from '../i18n';
import { boxBetween } from './draft-box';
import { isCt } from './ct-window';
import { Letters, Scale } from './edges';
import { KeysHelp } from './keys-help';
import { commandOf, type Command } from './keys';
import { VIEWER } from './messages';
import { edgeLetters } from './orientation';
import type { StageProps } from './overlay';
import { noPlanes } from './planes-allowed';
import { Readout } from './readout';
import { actionOf, firstDraft } from './run-command';
import { SliceSlider } from './slice-slider';
import { SpokenStage } from './spoken-stage';
import css from './stage.module.css';
import { StageTools } from './stage-tools';
import { useFullScreen } from './use-full-screen';
import { useGestures, type Point } from './use-gestures';
import { usePainting } from './use-painting';
import { usePixelRatio, useSizeOf } from './use-canvas-size';
import { useSelection } from './use-selection';
import { useStage } from './use-stage';
import { bringIntoSight, toImage } from './view';
import { usePresets } from './window-choice';
import { CT_PRESETS } from './window-level';

/** How far beside a mark a pointer still points at it, in CSS pixels. */
const SLACK = 4;

export interface SliceStageProps extends StageProps {
  readonly onPlanes: () => void;
}

/** The slices of an image, one at a time, with what was found on each. */
export function SliceStage({ images, overlays, selected, onSelect, onDraw, onPlanes }: SliceStageProps) {
  const { volume, description } = images;
  const t = useText(VIEWER);
  const format = useFormat();
  const root = useRef<HTMLDivElement>(null);
  const viewport = useRef<HTMLDivElement>(null);
  const pixelRatio = usePixelRatio();
  const { setting, state, dispatch, marks, view } = useStage(images, overlays);
  const { frame } = setting;
  const ct = isCt(description);
  const presets = usePresets(volume, setting.window, ct);
  const selection = useSelection(selected, onSelect, marks);
  const fullScreen = useFullScreen(root);
  const [pointer, setPointer] = useState<Point>();
  const [isHelping, setIsHelping] = useState(false);
  const canvases = usePainting({ volume, setting, state, view, marks, pixelRatio, strong: selected });

  useSizeOf(
    viewport,
    useCallback(
      (size) => {
        dispatch({ type: 'resize', size });
      },
      [dispatch],
    ),
  );

  const latest = useRef({ state, view });
  useEffect(() => {
    latest.current = { state, view };
  });
  // What is selected beside the image is brought before the reader's eyes; what is already there does not move.
  useEffect(() => {
    if (selected === undefined) return;
    const { state: now, view: seen } = latest.current;
    const slice = marks.sliceOf(selected, now.slice);
    if (slice === undefined) return;
    dispatch({ type: 'slice', to: slice });
    const bounds = marks.on(slice).marks.find(({ overlay }) => overlay.id === selected)?.bounds;
    if (bounds === undefined || now.view === undefined) return;
    const [x, y] = [bounds.x + bounds.width / 2, bounds.y + bounds.height / 2];
    dispatch({ type: 'view', view: bringIntoSight(seen, x, y, frame, now.size) });
  }, [selected, marks, frame, dispatch]);

  const imagePoint = ([x, y]: Point): readonly [number, number] => toImage(view, frame.aspect, x, y);
  const markAt = (at: Point) => {
    const [x, y] = imagePoint(at);
    return state.hasMarks ? marks.on(state.slice).at(x, y, SLACK / view.scale)?.overlay.id : undefined;
  };
  const keepDraft = (): void => {
    if (state.draft === undefined) return;
    onDraw?.(state.draft, state.slice);
    dispatch({ type: 'tool', tool: setting.tool });
  };

  const gestures = useGestures(viewport, {
    tool: state.tool,
    hasSlices: volume.slices > 1,
    onPoint: (at) => {
      setPointer(at);
      selection.point(at === undefined ? undefined : markAt(at));
    },
    onDrag: (hold, from, to, dx, dy) => {
      if (hold === 'pan') dispatch({ type: 'pan', dx, dy });
      else if (hold === 'zoom') dispatch({ type: 'zoom', factor: Math.exp(-dy / 200), x: from[0], y: from[1] });
      else if (hold === 'window')
        dispatch({ type: 'dragWindow', dx: dx / state.size.width, dy: dy / state.size.height });
      else dispatch({ type: 'draft', draft: boxBetween(imagePoint(from), imagePoint(to), frame) });
    },
    onDrop: (hold) => {
      if (hold === 'draw') keepDraft();
    },
    onClick: (at) => {
      if (state.tool !== 'draw') selection.keep(markAt(at));
    },
    onZoom: (factor, [x, y]) => {
      dispatch({ type: 'zoom', factor, x, y });
    },
    onPan: (dx, dy) => {
      dispatch({ type: 'pan', dx, dy });
    },
    onScroll: (by) => {
      dispatch({ type: 'scroll', by });
    },
  });

  const run = (command: Command): void => {
    if (command === 'draw' && onDraw === undefined) return;
    const ground = { setting, state, view, pixelRatio, presets: ct ? CT_PRESETS : presets };
    const action = actionOf(command, ground);
    if (action !== undefined) dispatch(action);
    if (command === 'draw' && state.tool !== 'draw') dispatch(firstDraft(ground));
    else if (command === 'nextFinding' || command === 'previousFinding') {
      const next = selection.step(state.slice, command === 'nextFinding' ? 1 : -1);
      if (next !== undefined) dispatch({ type: 'slice', to: next.slice });
    } else if (command === 'keep') keepDraft();
    else if (command === 'leave') {
      if (state.tool === 'draw') dispatch({ type: 'tool', tool: setting.tool });
      else selection.keep(undefined);
    } else if (command === 'fullScreen') fullScreen.toggle();
    else if (command === 'help') setIsHelping(true);
  };
  const latestRun = useRef(run);
  useEffect(() => {
    latestRun.current = run;
  });
  const onCommand = useCallback((command: Command) => {
    latestRun.current(command);
    // What a person drew by keyboard, they go on with by keyboard.
    if (command === 'draw') viewport.current?.focus();
  }, []);

  const onKeyDown = (event: KeyboardEvent): void => {
    const command = commandOf(event, { slices: volume.slices > 1, draft: state.draft !== undefined });
    if (command === undefined) return;
    event.preventDefault();
    run(command);
  };

  const has = useMemo(
    () =>
      new Set([
        volume.slices > 1 ? ('volume' as const) : ('image' as const),
        ...(ct ? ['ct' as const] : []),
        ...(onDraw === undefined ? [] : ['draw' as const]),
      ]),
    [volume, ct, onDraw],
  );
  const unusable = useMemo(() => noPlanes(volume), [volume]);
  const { orientation, spacingMm } = description.image;
  return (
    <div ref={root} className={css['stage']} role="group" aria-label={t('viewer')}>
      <StageTools
        state={state}
        presets={presets}
        hasFindings={overlays.length > 0}
        canDraw={onDraw !== undefined}
        isVolume={volume.slices > 1}
        isFullScreen={fullScreen.isOn}
        noPlanes={unusable === undefined ? undefined : t(unusable)}
        dispatch={dispatch}
        onCommand={onCommand}
        onPlanes={onPlanes}
      />
      <SpokenStage
        images={images}
        state={state}
        marks={marks}
        selected={selected === undefined ? undefined : overlays.find(({ id }) => id === selected)?.label}
      >
        {(spoken) => (
          <div
            ref={viewport}
            className={css['viewport']}
            tabIndex={0}
            role="application"
            aria-label={t('image')}
            aria-describedby={spoken}
            data-tool-in-hand={state.tool}
            onKeyDown={onKeyDown}
            onDoubleClick={() => {
              dispatch({ type: 'fit' });
            }}
            {...gestures}
          >
            <canvas ref={canvases.image} aria-hidden="true" />
            <canvas ref={canvases.found} aria-hidden="true" />
            <div className={css['edges']} aria-hidden="true">
              <Letters letters={edgeLetters(orientation)} />
              <Scale spacingMm={spacingMm?.x} scale={view.scale} width={state.size.width} />
              <span className={css['corner']}>
                {volume.slices > 1 ? `${format.number(state.slice + 1)} / ${format.number(volume.slices)}` : null}
                <span>
                  {t('windowIs', {
                    center: format.number(state.window.center),
                    width: format.number(state.window.width),
                  })}
                </span>
              </span>
            </div>
          </div>
        )}
      </SpokenStage>
      <div className={css['foot']}>
        {volume.slices > 1 ? (
          <SliceSlider
            slice={state.slice}
            slices={volume.slices}
            onSlice={(to) => {
              dispatch({ type: 'slice', to });
            }}
          />
        ) : null}
        <Readout
          volume={volume}
          unit={ct ? 'HU' : undefined}
          slice={state.slice}
          at={pointer === undefined ? undefined : imagePoint(pointer)}
        />
      </div>
      {state.tool === 'draw' ? (
        <p className={css['hint']} role="status">
          {t('drawHelp')}
        </p>
      ) : null}
      {isHelping ? (
        <KeysHelp
          has={has}
          onClose={() => {
            setIsHelping(false);
          }}
        />
      ) : null}
    </div>
  );
}
