import type { AnswerDocument } from '@medserve/clinical';
import { useMemo, useState } from 'react';
import type { Target } from '../findings/findings';
import type { Overlay, StageProps } from '../viewer/overlay';
import { boxWithin, correctionOverlays, withCorrection, type Correction } from './corrections';
import type { AnswerPart, Coded } from '@medserve/clinical';

/** What the next box that is drawn is for. */
export type Drawing =
  | { readonly action: 'move'; readonly target: Target; readonly index: number }
  | { readonly action: 'add'; readonly target: Target; readonly label?: Coded };

/** Corrections of an answer that were not sent yet, shared by the panel that lists them and the picture on which boxes are drawn. */
export interface Corrections {
  readonly list: readonly Correction[];
  readonly put: (correction: Correction) => void;
  readonly remove: (place: number) => void;
  readonly clear: () => void;
  readonly drawing: Drawing | undefined;
  readonly draw: (drawing: Drawing | undefined) => void;
  /** For the picture: defined while a box is asked for. */
  readonly onDraw: StageProps['onDraw'];
  /** For the picture: the boxes as they were corrected. */
  readonly overlays: readonly Overlay[];
  /** Whether there is a picture to draw on: whoever shows one says so. */
  readonly hasPicture: boolean;
}

/** @param hasPicture whether `onDraw` is given to a picture that is seen */
export function useCorrections(
  document: Pick<AnswerDocument, 'id' | 'answer'> | undefined,
  hasPicture = false,
): Corrections {
  const [state, setState] = useState<{ readonly of: string | undefined; readonly list: readonly Correction[] }>({
    of: undefined,
    list: [],
  });
  const [drawing, draw] = useState<Drawing>();
  // Those of another answer are none of this one.
  const list = state.of === document?.id ? state.list : NONE;
  const change = (next: readonly Correction[]): void => {
    setState({ of: document?.id, list: next });
  };
  const overlays = useMemo(() => (document === undefined ? [] : correctionOverlays(list, document)), [list, document]);
  const frame = document === undefined || drawing === undefined ? undefined : frameOf(document, drawing.target);
  return {
    list,
    put: (correction) => {
      change(withCorrection(list, correction));
    },
    remove: (place) => {
      change(list.filter((_, at) => at !== place));
    },
    clear: () => {
      change(NONE);
      draw(undefined);
    },
    drawing,
    draw,
    onDraw:
      drawing === undefined || frame === undefined
        ? undefined
        : (drawn) => {
            const box = boxWithin(drawn, frame);
            if (box !== undefined) change(withCorrection(list, { ...drawing, box }));
            draw(undefined);
          },
    overlays,
    hasPicture,
  };
}

const NONE: readonly Correction[] = [];

/** Of an image, on which boxes lie; undefined of parts that have none. */
function frameOf(
  { answer }: Pick<AnswerDocument, 'answer'>,
  target: Target,
): { width: number; height: number } | undefined {
  const part: AnswerPart | undefined =
    target === 'answer' ? answer : answer.parts?.[Number(target.slice('parts/'.length))];
  return part?.kind === 'regions' ? part.frame : undefined;
}
