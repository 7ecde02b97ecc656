import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { useText } from '../i18n';
import { Button, Panel, ProblemNotice } from '../ui';
import css from './ask.module.css';
import { ClassChoice } from './class-choice';
import type { Desk } from './desk';
import type { DeskState, OnDesk } from './desk-state';
import { TEXTS } from './messages';
import { ModalityChoice } from './modality-choice';
import { ModelChoice } from './model-choice';
import { ParameterFields } from './parameter-fields';
import { TaskChoice } from './task-choice';
import { missingIn, offerOf, servedAs, type Missing } from './wishes';

export interface QuestionFormProps {
  readonly desk: Desk;
  readonly state: DeskState;
  readonly onDesk: Extract<OnDesk, { readonly kind: 'shown' }>;
}

const MISSING = {
  modality: 'missingModality',
  task: 'missingTask',
  question: 'missingQuestion',
  phrase: 'missingPhrase',
  options: 'missingOptions',
  'too-many-options': 'missingToo-many-options',
} as const satisfies Record<Missing, string>;

/** What is to be asked of the image. Ctrl+Enter asks from every control in it. */
export function QuestionForm({ desk, state, onDesk }: QuestionFormProps) {
  const t = useText(TEXTS);
  const form = useRef<HTMLFormElement>(null);
  const { wishes } = state;
  const { description } = onDesk.images;
  const { isDescribing, error } = onDesk;
  const offer = offerOf(description, wishes);
  const missing = isDescribing ? undefined : missingIn(description, wishes);
  const wish = desk.wish.bind(desk);
  return (
    <Panel title={t('question')}>
      <form
        ref={form}
        className={css['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (missing === undefined && !isDescribing) desk.ask();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          form.current?.requestSubmit();
        }}
      >
        <ModalityChoice desk={desk} description={description} wishes={wishes} isDescribing={isDescribing} />
        {error === undefined ? null : <ProblemNotice error={error} />}
        {servedAs(description, wishes) === undefined ? null : offer === undefined ? (
          <p>
            {t('noTask')} <Link to="/models">{t('noTaskNext')}</Link>
          </p>
        ) : (
          <>
            <TaskChoice description={description} wishes={wishes} wish={wish} />
            <ParameterFields offer={offer} wishes={wishes} wish={wish} />
            <ModelChoice offer={offer} wishes={wishes} wish={wish} />
          </>
        )}
        <ClassChoice wishes={wishes} wish={wish} />
        <div className={css['submit']}>
          <Button type="submit" look="primary" disabled={missing !== undefined || isDescribing}>
            {t('submit')}
          </Button>
          <kbd className={css['keys']}>{t('submitKeys')}</kbd>
          <p className={css['missing']} role="status">
            {missing === undefined ? '' : t(MISSING[missing])}
          </p>
        </div>
      </form>
    </Panel>
  );
}
