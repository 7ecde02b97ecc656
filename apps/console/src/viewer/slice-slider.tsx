import { useText } from '../i18n';
import { VIEWER } from './messages';
import css from './stage.module.css';

export function SliceSlider({
  slice,
  slices,
  onSlice,
}: {
  readonly slice: number;
  readonly slices: number;
  readonly onSlice: (slice: number) => void;
}) {
  const t = useText(VIEWER);
  const told = t('sliceOf', { slice: slice + 1, count: slices });
  return (
    <label className={css['slider']}>
      <span className={css['sliderText']}>{told}</span>
      <input
        type="range"
        aria-label={t('slice')}
        aria-valuetext={told}
        min={1}
        max={slices}
        value={slice + 1}
        onChange={(event) => {
          onSlice(Number(event.target.value) - 1);
        }}
      />
    </label>
  );
}
