import type { Volume } from '../images/image-set';
import { useFormat, useText } from '../i18n';
import { VIEWER } from './messages';
import { valueAt } from './sample-at';
import css from './stage.module.css';

/** The value under the pointer. @param at in pixels of the image */
export function Readout({
  volume,
  unit,
  slice,
  at,
}: {
  readonly volume: Volume;
  readonly unit: string | undefined;
  readonly slice: number;
  readonly at: readonly [number, number] | undefined;
}) {
  const t = useText(VIEWER);
  const format = useFormat();
  const values = at === undefined ? undefined : valueAt(volume, at[0], at[1], slice);
  const value = values?.map((each) => format.number(each)).join(' ');
  return (
    <output className={css['readout']} aria-live="off">
      {at === undefined || value === undefined
        ? ''
        : t('valueAt', {
            x: Math.floor(at[0]),
            y: Math.floor(at[1]),
            value: unit === undefined ? value : `${value} ${unit}`,
          })}
    </output>
  );
}
