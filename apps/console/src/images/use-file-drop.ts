import { useEffect, useEffectEvent, useState } from 'react';
import { chosenFiles, droppedFiles } from './found-files';
import type { FoundFile } from './sort-out';

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;

/**
 * Takes files that are dropped anywhere on the page, folders too, or pasted. Text that is dragged or pasted goes where it always does.
 *
 * @returns whether files hang over the page
 */
export function useFileDrop(onFound: (found: Promise<FoundFile[]>) => void): boolean {
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent(onFound);
  useEffect(() => {
    const listening = new AbortController();
    const on = <Name extends keyof WindowEventMap>(name: Name, listener: (event: WindowEventMap[Name]) => void) => {
      window.addEventListener(name, listener, { signal: listening.signal });
    };
    on('dragover', (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(true);
    });
    on('dragleave', (event) => {
      // Without a next target the pointer has left the window; otherwise it only went over an edge within the page.
      if (event.relatedTarget === null) setOver(false);
    });
    on('drop', (event) => {
      setOver(false);
      if (!holdsFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      take(droppedFiles(event.dataTransfer));
    });
    on('paste', ({ clipboardData }) => {
      if (clipboardData !== null && clipboardData.files.length > 0)
        take(Promise.resolve(chosenFiles(clipboardData.files)));
    });
    return () => {
      listening.abort();
    };
  }, []);
  return isOver;
}
