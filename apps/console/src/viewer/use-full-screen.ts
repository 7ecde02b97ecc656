import { useEffect, useState, type RefObject } from 'react';

/** Has a part of the page fill the screen, where the browser lets it. */
export function useFullScreen(element: RefObject<HTMLElement | null>) {
  const [isOn, setIsOn] = useState(false);
  useEffect(() => {
    const changed = (): void => {
      setIsOn(document.fullscreenElement !== null && document.fullscreenElement === element.current);
    };
    document.addEventListener('fullscreenchange', changed);
    return () => {
      document.removeEventListener('fullscreenchange', changed);
    };
  }, [element]);
  const toggle = (): void => {
    // A browser that refuses leaves the page as it is: there is nothing to add to that.
    const change = isOn ? document.exitFullscreen() : element.current?.requestFullscreen();
    change?.catch(() => undefined);
  };
  return { isOn, toggle };
}
