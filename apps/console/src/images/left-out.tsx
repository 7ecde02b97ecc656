import { useText } from '../i18n';
import css from './images.module.css';
import { TEXTS } from './messages';
import type { Sorted } from './sort-out';

const MOST_SHOWN = 50;

/** Which files were not sent, and why. */
export function LeftOut({ left }: Pick<Sorted, 'left'>) {
  const t = useText(TEXTS);
  if (left.length === 0) return null;
  return (
    <details className={css['left']}>
      <summary>{t('leftOut', { count: left.length })}</summary>
      <ul>
        {left.slice(0, MOST_SHOWN).map(({ path, reason }) => (
          <li key={path}>
            <bdi>{path}</bdi>: {t(reason)}
          </li>
        ))}
        {left.length > MOST_SHOWN ? <li>{t('more', { count: left.length - MOST_SHOWN })}</li> : null}
      </ul>
    </details>
  );
}
