import { useCallback, useEffect, useRef } from 'react';
import type { SliceMarks } from './slice-marks';

/**
 * Who is selected: pointing at a mark selects it for as long as it is pointed at, a click keeps it.
 * What was selected before pointing comes back afterwards.
 */
export function useSelection(
  selected: string | undefined,
  onSelect: ((id: string | undefined) => void) | undefined,
  marks: SliceMarks,
) {
  const kept = useRef<string | undefined>(selected);
  const pointed = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (selected !== pointed.current) kept.current = selected;
  }, [selected]);
  const point = useCallback(
    (id: string | undefined) => {
      if (pointed.current === id) return;
      pointed.current = id;
      onSelect?.(id ?? kept.current);
    },
    [onSelect],
  );
  const keep = useCallback(
    (id: string | undefined) => {
      kept.current = id;
      onSelect?.(id);
    },
    [onSelect],
  );
  const step = useCallback(
    (slice: number, by: 1 | -1) => {
      const next = marks.step(kept.current, slice, by);
      if (next !== undefined) keep(next.id);
      return next;
    },
    [marks, keep],
  );
  return { point, keep, step };
}
