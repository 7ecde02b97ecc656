import type { Classification } from '@medserve/clinical';
import { useState } from 'react';
import { useFormat, useText } from '../i18n';
import { Button } from '../ui';
import css from './answer.module.css';
import { TEXTS } from './messages';
import { ShareBar } from './share-bar';

const AT_FIRST = 8;
const STEP = 100;

/** What it is, among what it could be: best first. */
export function ClassificationView({ part }: { readonly part: Classification }) {
  const t = useText(TEXTS);
  const format = useFormat();
  const [wanted, setWanted] = useState(AT_FIRST);
  const { labels, about } = part;
  const shown = labels.slice(0, wanted);
  const left = Math.min(STEP, labels.length - shown.length);
  return (
    <>
      {about === undefined ? null : <h3>{t('about', { about })}</h3>}
      {labels.length === 0 ? <p>{t('noLabels')}</p> : null}
      <ol className={css['labels']}>
        {shown.map(({ display, code, score }, place) => (
          <li key={place} className={css['figure']}>
            <span className={place === 0 ? `${css['name'] ?? ''} ${css['best'] ?? ''}` : css['name']}>
              {display} {code === display ? null : <span className={css['code']}>{code}</span>}
            </span>
            <ShareBar share={score} label={t('of', { label: display, share: format.percent(score) })} />
          </li>
        ))}
      </ol>
      {left > 0 ? (
        <Button
          look="quiet"
          onClick={() => {
            setWanted(wanted + STEP);
          }}
        >
          {t('moreLabels', { count: left })}
        </Button>
      ) : null}
    </>
  );
}
