import { useEffect, useId, useState, type ReactNode } from 'react';
import type { ImageSet } from '../images/image-set';
import { useFormat, useText } from '../i18n';
import { Hidden } from '../ui';
import { describeStage } from './describe-stage';
import { VIEWER } from './messages';
import type { SliceMarks } from './slice-marks';
import type { StageState } from './stage-state';

/** A reader who goes on is not spoken to: so long nothing may change before what is shown is told, in milliseconds. */
const REST_MS = 400;

export interface SpokenStageProps {
  readonly images: ImageSet;
  readonly state: StageState;
  readonly marks: SliceMarks;
  /** Its name. */
  readonly selected: string | undefined;
  /** Is given the id of the text. */
  readonly children: (textId: string) => ReactNode;
}

/** Tells in words what the image shows, now and whenever it rests on something else. */
export function SpokenStage({ images, state, marks, selected, children }: SpokenStageProps) {
  const t = useText(VIEWER);
  const format = useFormat();
  const id = useId();
  const { columns, rows, slices } = images.volume;
  const { slice, window: level, isInverted, hasMarks } = state;
  const text = describeStage(
    {
      columns,
      rows,
      slice,
      slices,
      window: level,
      isInverted,
      hasMarks,
      labels: marks.labelsOn(slice),
      slicesWithMarks: marks.slices.length,
      selected,
      number: (value) => format.number(value),
    },
    t,
  );
  const [told, setTold] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => {
      setTold(text);
    }, REST_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  return (
    <>
      {children(id)}
      <Hidden>
        <span id={id} role="status">
          {told} {t('imageHelp')}
        </span>
      </Hidden>
    </>
  );
}
