import type { Description } from '../api';
import { useText } from '../i18n';
import css from './ask.module.css';
import { TEXTS } from './messages';
import { taskName } from './names';
import { offerOf, offersOf, type Wishes } from './wishes';

export interface WishProps {
  readonly wishes: Wishes;
  readonly wish: (wishes: Partial<Wishes>) => void;
}

export interface TaskChoiceProps extends WishProps {
  readonly description: Description;
}

/** What can be asked of the image. */
export function TaskChoice({ description, wishes, wish }: TaskChoiceProps) {
  const t = useText(TEXTS);
  const chosen = offerOf(description, wishes)?.task;
  return (
    <fieldset className={css['choice']}>
      <legend>{t('task')}</legend>
      <div className={css['pills']}>
        {offersOf(description, wishes).map(({ task, title }) => (
          <label key={task} className={css['pill']}>
            <input
              type="radio"
              name="task"
              checked={task === chosen}
              onChange={() => {
                // A model of another task may not know this one.
                wish({ task, model: undefined });
              }}
            />
            {taskName(t, { task, title })}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
