import { useText } from '../i18n';
import { Button } from '../ui';
import css from './images.module.css';
import { TEXTS } from './messages';

export interface SortingNoticeProps {
  readonly count: number;
  /** Files of which it is known. */
  readonly looked: number;
  readonly onCancel: () => void;
}

/** How far the files of a folder are sorted by their series, and a way to stop. */
export function SortingNotice({ count, looked, onCancel }: SortingNoticeProps) {
  const t = useText(TEXTS);
  return (
    <div className={css['sending']}>
      <p role="status">{t('sorting')}</p>
      <progress className={css['track']} aria-label={t('sorting')} value={looked} max={count} />
      <p className={css['figures']}>{t('sorted', { looked, count })}</p>
      <Button onClick={onCancel}>{t('cancel')}</Button>
    </div>
  );
}
