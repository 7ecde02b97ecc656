import type { Offer } from '../api';
import { useLanguage, useText } from '../i18n';
import { Field } from '../ui';
import css from './ask.module.css';
import { TEXTS } from './messages';
import type { WishProps } from './task-choice';
import { ANSWER_LANGUAGES, FORMS, knownTo, MOST_CHARACTERS, type Form } from './wishes';

export interface ParameterFieldsProps extends WishProps {
  readonly offer: Offer;
}

/** What else the task knows: a question and how it may be answered, what to look for, and in which language. */
export function ParameterFields({ offer, wishes, wish }: ParameterFieldsProps) {
  const t = useText(TEXTS);
  const knows = knownTo(offer, wishes);
  return (
    <>
      {knows.question ? (
        <Field label={t('ask')} hint={t('askHint', { most: MOST_CHARACTERS.question })}>
          {(control) => (
            <textarea
              {...control}
              dir="auto"
              rows={3}
              maxLength={MOST_CHARACTERS.question}
              required={offer.question === 'required'}
              value={wishes.question}
              onChange={({ target }) => {
                wish({ question: target.value });
              }}
            />
          )}
        </Field>
      ) : null}
      {knows.phrase ? (
        <Field label={t('phrase')} hint={t('phraseHint')}>
          {(control) => (
            <input
              {...control}
              dir="auto"
              type="text"
              required
              autoComplete="off"
              maxLength={MOST_CHARACTERS.phrase}
              value={wishes.phrase}
              onChange={({ target }) => {
                wish({ phrase: target.value });
              }}
            />
          )}
        </Field>
      ) : null}
      {knows.form ? (
        <div className={css['pair']}>
          <Field label={t('form')}>
            {(control) => (
              <select
                {...control}
                value={wishes.form}
                onChange={({ target }) => {
                  wish({ form: target.value as Form });
                }}
              >
                {FORMS.map((form) => (
                  <option key={form} value={form}>
                    {t(form)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <AnswerLanguage wishes={wishes} wish={wish} />
        </div>
      ) : knows.language ? (
        <AnswerLanguage wishes={wishes} wish={wish} />
      ) : null}
      {knows.options ? (
        <Field label={t('options')} hint={t('optionsHint')}>
          {(control) => (
            <textarea
              {...control}
              dir="auto"
              rows={4}
              value={wishes.options}
              onChange={({ target }) => {
                wish({ options: target.value });
              }}
            />
          )}
        </Field>
      ) : null}
    </>
  );
}

function AnswerLanguage({ wishes, wish }: WishProps) {
  const t = useText(TEXTS);
  const { language } = useLanguage();
  const names = new Intl.DisplayNames(language, { type: 'language' });
  return (
    <Field label={t('language')}>
      {(control) => (
        <select
          {...control}
          value={wishes.language}
          onChange={({ target }) => {
            wish({ language: target.value });
          }}
        >
          <option value="">{t('anyLanguage')}</option>
          {ANSWER_LANGUAGES.map((tag) => (
            <option key={tag} value={tag}>
              {names.of(tag) ?? tag}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
