import { useEffect, useState, type RefObject } from 'react';
import type { Size } from './view';

/** Tells how large something is on the page, in CSS pixels, now and whenever it changes. */
export function useSizeOf(element: RefObject<HTMLElement | null>, onSize: (size: Size) => void): void {
  useEffect(() => {
    const watched = element.current;
    if (watched === null) return undefined;
    const tell = (): void => {
      onSize({ width: watched.clientWidth, height: watched.clientHeight });
    };
    tell();
    const observer = new ResizeObserver(tell);
    observer.observe(watched);
    return () => {
      observer.disconnect();
    };
  }, [element, onSize]);
}

/** Pixels of the screen in one CSS pixel: changes when the page is zoomed or moved to another screen. */
export function usePixelRatio(): number {
  const [ratio, setRatio] = useState(window.devicePixelRatio);
  useEffect(() => {
    const query = window.matchMedia(`(resolution: ${String(ratio)}dppx)`);
    const changed = (): void => {
      setRatio(window.devicePixelRatio);
    };
    query.addEventListener('change', changed);
    return () => {
      query.removeEventListener('change', changed);
    };
  }, [ratio]);
  return ratio;
}
