import { useState } from 'react';
import { useText } from '../i18n';
import css from './images.module.css';
import { TEXTS } from './messages';
import type { Sorted } from './sort-out';

const MOST_SHOWN = 50;

/** Lists that somebody opened: the page that shows the image comes in the place of the one that sent it, and may not close them. */
const opened = new WeakSet<Sorted['left']>();

/** Which files were not sent, and why. */
export function LeftOut({ left }: Pick<Sorted, 'left'>) {
  const t = useText(TEXTS);
  const [wasOpen] = useState(() => opened.has(left));
  if (left.length === 0) return null;
  return (
    <details
      className={css['left']}
      open={wasOpen}
      onToggle={({ currentTarget }) => {
        if (currentTarget.open) opened.add(left);
        else opened.delete(left);
      }}
    >
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
