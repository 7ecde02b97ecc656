import { useState } from 'react';
import { useLanguage, useText } from '../i18n';
import { Button, Field, Panel } from '../ui';
import css from './audit.module.css';
import { EVENTS } from '../events/event-messages';
import { useEventWords } from '../events/event-words';
import { TEXTS } from './messages';
import { fromLocal, NOBODY, parseAuditSearch, PATTERNS, toLocal, type AuditSearch, type PatientWish } from './search';

export interface SearchFormProps {
  readonly search: AuditSearch;
  readonly patient: PatientWish;
  readonly onSearch: (search: AuditSearch, patient: PatientWish) => void;
}

const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function SearchForm({ search, patient, onSearch }: SearchFormProps) {
  const t = useText(TEXTS);
  const [wish, setWish] = useState({ ...search, from: toLocal(search.from), to: toLocal(search.to) });
  const [about, setAbout] = useState(patient);
  const text = (name: 'actor' | 'model' | 'subject', hint?: string) => (
    <Field label={t(name)} hint={hint}>
      {(control) => (
        <input
          {...control}
          value={wish[name] ?? ''}
          maxLength={256}
          spellCheck={false}
          autoCapitalize="off"
          {...(name === 'model' ? {} : { pattern: PATTERNS[name], title: hint })}
          onChange={({ target }) => {
            setWish({ ...wish, [name]: target.value });
          }}
        />
      )}
    </Field>
  );
  const time = (name: 'from' | 'to') => (
    <Field label={t(name)} hint={t('zone', { zone: zone() })}>
      {(control) => (
        <input
          {...control}
          type="datetime-local"
          step={1}
          value={wish[name]}
          onChange={({ target }) => {
            setWish({ ...wish, [name]: target.value });
          }}
        />
      )}
    </Field>
  );
  return (
    <Panel title={t('searchTitle')}>
      <form
        className={css['form']}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          onSearch(parseAuditSearch({ ...wish, from: fromLocal(wish.from), to: fromLocal(wish.to) }), about);
        }}
      >
        <div className={css['fields']}>
          {time('from')}
          {time('to')}
          <EventField
            event={wish.event ?? ''}
            onChange={(event) => {
              setWish({ ...wish, event });
            }}
          />
          {text('model')}
          {text('actor', t('actorHint'))}
          {text('subject', t('subjectHint'))}
        </div>
        <PatientFields patient={about} onChange={setAbout} />
        <div className={css['buttons']}>
          <Button type="submit" look="primary">
            {t('search')}
          </Button>
          <Button
            onClick={() => {
              onSearch({}, NOBODY);
            }}
          >
            {t('clear')}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function EventField({ event, onChange }: { readonly event: string; readonly onChange: (event: string) => void }) {
  const t = useText(TEXTS);
  const words = useEventWords();
  const { language } = useLanguage();
  const names = [...new Set([...Object.keys(EVENTS.en), ...(event === '' ? [] : [event])])];
  const options = names
    .map((name) => ({ name, words: words(name) }))
    .sort((left, right) => left.words.localeCompare(right.words, language));
  return (
    <Field label={t('event')}>
      {(control) => (
        <select
          {...control}
          value={event}
          onChange={({ target }) => {
            onChange(target.value);
          }}
        >
          <option value="">{t('anyEvent')}</option>
          {options.map((option) => (
            <option key={option.name} value={option.name}>
              {option.words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function PatientFields({
  patient,
  onChange,
}: {
  readonly patient: PatientWish;
  readonly onChange: (patient: PatientWish) => void;
}) {
  const t = useText(TEXTS);
  // On a small screen it would stand between the reader and the entries.
  const [isOpen] = useState(() => Object.values(patient).some(Boolean) || matchMedia('(width >= 40rem)').matches);
  const field = (name: keyof PatientWish, label: string, hint?: string) => (
    <Field label={label} hint={hint}>
      {(control) => (
        <input
          {...control}
          value={patient[name]}
          maxLength={name === 'key' ? 128 : 256}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => {
            onChange({ ...patient, [name]: target.value });
          }}
        />
      )}
    </Field>
  );
  return (
    <details className={css['patient']} open={isOpen}>
      <summary>{t('patientTitle')}</summary>
      <p className={css['note']}>{t('patientNote')}</p>
      <div className={css['fields']}>
        {field('id', t('patientId'))}
        {field('issuer', t('issuer'))}
        {field('key', t('patientKey'), t('patientKeyHint'))}
      </div>
    </details>
  );
}
