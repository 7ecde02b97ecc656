import { useRef, useState } from 'react';

/** The finding that is pointed at: the same in the picture, in the tables and in the sentences of an answer. */
export interface Pointing {
  readonly selected: string | undefined;
  readonly onSelect: (id: string | undefined) => void;
}

export interface Pointer extends Pointing {
  /** The finding that stays pointed at when the pointer goes away. */
  readonly pinned: string | undefined;
  /** Handlers of what stands for a finding: the pointer over it, or the focus in it, points at it. */
  readonly over: (id: string) => {
    readonly onPointerEnter: () => void;
    readonly onPointerLeave: () => void;
    readonly onFocus: () => void;
    readonly onBlur: () => void;
  };
  readonly togglePin: (id: string) => void;
  /** Whether it was pointed at from elsewhere, such as in the picture. */
  readonly isFromElsewhere: (id: string) => boolean;
}

/** Points at findings from a list of them. */
export function usePointer({ selected, onSelect }: Pointing): Pointer {
  const [pinned, setPinned] = useState<string>();
  const lastHere = useRef<string>(undefined);
  const point = (id: string | undefined): void => {
    lastHere.current = id;
    onSelect(id);
  };
  return {
    selected,
    onSelect,
    pinned,
    over: (id) => ({
      onPointerEnter: () => {
        point(id);
      },
      onPointerLeave: () => {
        point(pinned);
      },
      onFocus: () => {
        point(id);
      },
      onBlur: () => {
        point(pinned);
      },
    }),
    togglePin: (id) => {
      const next = pinned === id ? undefined : id;
      setPinned(next);
      point(next ?? id);
    },
    isFromElsewhere: (id) => lastHere.current !== id,
  };
}
