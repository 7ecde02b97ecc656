import { useId } from 'react';
import { useText } from '../i18n';
import css from './ask.module.css';
import { TEXTS } from './messages';
import type { WishProps } from './task-choice';
import { CLASSES } from '../api/classes';

/** How urgent it is, and what that means for others who wait. */
export function ClassChoice({ wishes, wish }: WishProps) {
  const t = useText(TEXTS);
  const hint = useId();
  return (
    <fieldset className={css['choice']} aria-describedby={hint}>
      <legend>{t('urgency')}</legend>
      <div className={css['pills']}>
        {CLASSES.map((name) => (
          <label key={name} className={css['pill']}>
            <input
              type="radio"
              name="class"
              checked={name === wishes.class}
              onChange={() => {
                wish({ class: name });
              }}
            />
            {t(name)}
          </label>
        ))}
      </div>
      <p id={hint} className={css['hint']}>
        {t(`${wishes.class}Hint`)}
      </p>
    </fieldset>
  );
}
