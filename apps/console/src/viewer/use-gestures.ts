import { useEffect, useRef, type PointerEvent, type RefObject } from 'react';
import type { Tool } from './stage-state';

/** A point of the canvas, in CSS pixels from its top left corner. */
export type Point = readonly [number, number];

export type Hold = Tool | 'zoom';

export interface Gestures {
  readonly tool: Tool;
  /** Whether the wheel goes through slices; else it zooms, once the image has the focus. */
  readonly hasSlices: boolean;
  /** The pointer rests or moves over the image; undefined: it left. */
  readonly onPoint: (at: Point | undefined) => void;
  readonly onDrag: (hold: Hold, from: Point, to: Point, dx: number, dy: number) => void;
  /** The end of a drag. */
  readonly onDrop: (hold: Hold) => void;
  readonly onClick: (at: Point) => void;
  readonly onZoom: (factor: number, at: Point) => void;
  readonly onPan: (dx: number, dy: number) => void;
  readonly onScroll: (by: number) => void;
}

/** A pointer that moved less than this since it went down was a click, in CSS pixels. */
const STILL = 4;

/** Wheels tell pixels, lines or pages (DOM WheelEvent.deltaMode). */
const WHEEL_UNIT = [1, 32, 400];

/** So many pixels of a wheel are one slice: a notch is 100 to 120, a trackpad tells many small ones. */
const SLICE_EVERY = 48;

function holdOf(event: PointerEvent, tool: Tool): Hold {
  if (event.button === 2) return 'zoom';
  return event.button === 1 || event.shiftKey ? 'pan' : tool;
}

/** Pointer, touch and wheel over an image: one finger or button drags, two fingers zoom and move, the wheel scrolls. */
export function useGestures(element: RefObject<HTMLElement | null>, gestures: Gestures) {
  const latest = useRef(gestures);
  useEffect(() => {
    latest.current = gestures;
  });
  const down = useRef(new Map<number, Point>());
  const drag = useRef<{ hold: Hold; from: Point; isStill: boolean } | undefined>(undefined);

  useEffect(() => {
    const watched = element.current;
    if (watched === null) return undefined;
    let gathered = 0;
    const wheel = (event: WheelEvent): void => {
      const { hasSlices, onZoom, onScroll } = latest.current;
      const delta = event.deltaY * (WHEEL_UNIT[event.deltaMode] ?? 1);
      if (event.ctrlKey || (!hasSlices && watched === document.activeElement)) {
        event.preventDefault();
        const { left, top } = watched.getBoundingClientRect();
        onZoom(Math.exp(-delta / 400), [event.clientX - left, event.clientY - top]);
      } else if (hasSlices) {
        event.preventDefault();
        gathered = Math.sign(gathered) === Math.sign(delta) ? gathered + delta : delta;
        if (Math.abs(gathered) < SLICE_EVERY) return;
        onScroll(Math.sign(gathered));
        gathered = 0;
      }
    };
    // React listens passively; a wheel over the image must not scroll the page as well.
    watched.addEventListener('wheel', wheel, { passive: false });
    return () => {
      watched.removeEventListener('wheel', wheel);
    };
  }, [element]);

  const pointOf = (event: PointerEvent): Point => {
    const box = element.current?.getBoundingClientRect();
    return [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)];
  };

  const pinch = (id: number, to: Point): void => {
    const before = down.current.get(id);
    const other = [...down.current].find(([each]) => each !== id)?.[1];
    if (before === undefined || other === undefined) return;
    const length = (a: Point): number => Math.max(1, Math.hypot(a[0] - other[0], a[1] - other[1]));
    latest.current.onZoom(length(to) / length(before), [(to[0] + other[0]) / 2, (to[1] + other[1]) / 2]);
    latest.current.onPan((to[0] - before[0]) / 2, (to[1] - before[1]) / 2);
  };

  const release = (event: PointerEvent, isClick: boolean): void => {
    down.current.delete(event.pointerId);
    const ended = drag.current;
    if (ended === undefined) return;
    drag.current = undefined;
    if (ended.isStill && isClick && event.button === 0) latest.current.onClick(pointOf(event));
    else if (!ended.isStill) latest.current.onDrop(ended.hold);
  };

  return {
    onPointerDown: (event: PointerEvent<HTMLElement>): void => {
      const at = pointOf(event);
      element.current?.focus({ preventScroll: true });
      event.currentTarget.setPointerCapture(event.pointerId);
      down.current.set(event.pointerId, at);
      // A second finger ends what the first one began.
      drag.current =
        down.current.size === 1 ? { hold: holdOf(event, latest.current.tool), from: at, isStill: true } : undefined;
    },
    onPointerMove: (event: PointerEvent<HTMLElement>): void => {
      const to = pointOf(event);
      const before = down.current.get(event.pointerId);
      if (before === undefined) {
        latest.current.onPoint(to);
        return;
      }
      if (down.current.size > 1) pinch(event.pointerId, to);
      down.current.set(event.pointerId, to);
      const held = drag.current;
      if (held === undefined) return;
      held.isStill &&= Math.hypot(to[0] - held.from[0], to[1] - held.from[1]) < STILL;
      if (!held.isStill) latest.current.onDrag(held.hold, held.from, to, to[0] - before[0], to[1] - before[1]);
    },
    onPointerUp: (event: PointerEvent<HTMLElement>): void => {
      release(event, true);
    },
    onPointerCancel: (event: PointerEvent<HTMLElement>): void => {
      release(event, false);
    },
    onPointerLeave: (): void => {
      latest.current.onPoint(undefined);
    },
    onContextMenu: (event: { preventDefault: () => void }): void => {
      event.preventDefault();
    },
  };
}
