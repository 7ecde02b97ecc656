import { useEffect, useEffectEvent, useState } from 'react';
import { useText } from '../i18n';
import { Hidden } from '../ui';
import css from './ask.module.css';
import { TEXTS } from './messages';
import { spokenUpTo } from './spoken';

/** A voice reads about so long at a clause. */
const SPEAK_EVERY_MS = 2_500;

/** Words while they are written: all of them to be seen, whole clauses to be heard. */
export function LiveText({ text }: { readonly text: string }) {
  const t = useText(TEXTS);
  const [spoken, setSpoken] = useState({ from: 0, to: 0 });
  const speak = useEffectEvent(() => {
    setSpoken(({ to }) => {
      // A connection that was made anew tells all from the beginning.
      const from = Math.min(to, text.length);
      return { from, to: spokenUpTo(text, from, false) };
    });
  });
  useEffect(() => {
    const speaking = setInterval(speak, SPEAK_EVERY_MS);
    return () => {
      clearInterval(speaking);
    };
  }, []);
  return (
    <section className={css['live']} aria-label={t('writing')}>
      <h3>{t('writing')}</h3>
      <p className={css['written']}>{text}</p>
      <p className={css['hint']}>{t('writingHint')}</p>
      <Hidden>
        <span aria-live="polite" aria-atomic="true">
          {text.slice(spoken.from, spoken.to)}
        </span>
      </Hidden>
    </section>
  );
}
