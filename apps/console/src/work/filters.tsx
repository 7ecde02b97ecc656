import { useNavigate } from '@tanstack/react-router';
import { useText } from '../i18n';
import { Button, Field } from '../ui';
import { CLASS_WORDS, STATE_WORDS, TEXTS } from './messages';
import { CLASSES } from '../api/classes';
import { parseWorkSearch, STATES, type Tab, type WorkSearch } from './search';
import css from './work.module.css';

const WORDS = {
  jobs: ['task', 'model', 'site'],
  studies: ['route', 'modality'],
  deliveries: ['destination'],
} as const satisfies Record<Tab, readonly (keyof WorkSearch)[]>;

/** What is looked for; it stands in the address, so that it can be kept and passed on. */
export function Filters({ tab, search }: { readonly tab: Tab; readonly search: WorkSearch }) {
  const t = useText(TEXTS);
  const word = useText(STATE_WORDS);
  const urgency = useText(CLASS_WORDS);
  const navigate = useNavigate();
  const show = (wanted: Readonly<Record<string, unknown>>): void => {
    void navigate({ to: '/work', search: parseWorkSearch({ ...wanted, tab }) });
  };
  const isFiltered = Object.keys(search).some((name) => name !== 'tab');
  return (
    <form
      className={css['filters']}
      aria-label={t('filters')}
      // Made anew where the address changes otherwise.
      key={JSON.stringify(search)}
      onSubmit={(event) => {
        event.preventDefault();
        show(Object.fromEntries(new FormData(event.currentTarget)));
      }}
    >
      <Field label={t('state')}>
        {(control) => (
          <select {...control} name="state" defaultValue={search.state ?? ''}>
            <option value="">{t('any')}</option>
            {STATES[tab].map((state) => (
              <option key={state} value={state}>
                {word(state)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {WORDS[tab].map((name) => (
        <Field key={name} label={t(name)}>
          {(control) => (
            <input {...control} name={name} defaultValue={search[name] ?? ''} maxLength={128} autoComplete="off" />
          )}
        </Field>
      ))}
      {tab === 'jobs' ? (
        <Field label={t('urgency')}>
          {(control) => (
            <select {...control} name="class" defaultValue={search.class ?? ''}>
              <option value="">{t('any')}</option>
              {CLASSES.map((name) => (
                <option key={name} value={name}>
                  {urgency(name)}
                </option>
              ))}
            </select>
          )}
        </Field>
      ) : null}
      <div className={css['actions']}>
        <Button type="submit" look="primary">
          {t('apply')}
        </Button>
        {isFiltered ? (
          <Button
            look="quiet"
            onClick={() => {
              show({});
            }}
          >
            {t('clear')}
          </Button>
        ) : null}
      </div>
    </form>
  );
}
