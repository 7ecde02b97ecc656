import { useState } from 'react';
import { useText } from '../i18n';
import { Field, Loading, Notice, ProblemNotice } from '../ui';
import { filterRows, groupModels, rowsOf, type ModelRow } from './group-models';
import { TEXTS } from './messages';
import { useModelWords, type ModelWords } from './model-words';
import css from './models.module.css';
import { ModelsTable } from './models-table';
import { useModels } from './queries';

/** Every model on offer, by what it looks at: whether it can be asked, what for, and who stands for it. */
export function ModelsPage() {
  const t = useText(TEXTS);
  const words = useModelWords();
  const { data, error } = useModels();
  const [filter, setFilter] = useState('');
  const rows = rowsOf(data ?? []);
  const shown = filterRows(rows, filter, (row) => wordsOf(row, words));
  return (
    <>
      <div className={css['head']}>
        <div>
          <h1>{t('title')}</h1>
          <p className={css['lead']}>{t('intro')}</p>
        </div>
        <div className={css['filter']}>
          <Field label={t('filter')} hint={t('filterHint')}>
            {(control) => (
              <input
                {...control}
                type="search"
                autoComplete="off"
                value={filter}
                onChange={(event) => {
                  setFilter(event.target.value);
                }}
              />
            )}
          </Field>
        </div>
      </div>
      {error === null ? null : <ProblemNotice error={error} />}
      {data === undefined ? (
        error === null && <Loading />
      ) : (
        <>
          <p className={css['count']} role="status">
            {shown.length === rows.length
              ? t('shownAll', { all: rows.length })
              : t('shownSome', { shown: shown.length, all: rows.length })}
          </p>
          {shown.length === 0 ? (
            <Notice tone="neutral">
              <p>{t(rows.length === 0 ? 'none' : 'noneFits')}</p>
            </Notice>
          ) : (
            groupModels(shown).map((group) => (
              <ModelsTable key={group.modality ?? ''} title={words.modality(group.modality)} rows={group.rows} />
            ))
          )}
        </>
      )}
    </>
  );
}

/** What a filter looks in: all that a row says, and the ids behind it. */
const wordsOf = ({ name, standing }: ModelRow, words: ModelWords): readonly string[] => [
  name,
  standing.title,
  standing.engine,
  standing.licence,
  words.state(standing.state),
  ...standing.serves.flatMap(({ task, modality }) => [task, modality, words.task(task), words.modality(modality)]),
];
