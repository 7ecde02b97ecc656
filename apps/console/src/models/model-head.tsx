import { useFormat, useText } from '../i18n';
import { Notice } from '../ui';
import { TEXTS } from './messages';
import type { ModelDetails } from './model-types';
import { useModelWords } from './model-words';
import css from './models.module.css';
import { Signature } from './signature';
import { StateBadge } from './state-badge';

/** What a model is called, whether it can be asked, what for, and what its name stands for. */
export function ModelHead({ model }: { readonly model: ModelDetails }) {
  const t = useText(TEXTS);
  const words = useModelWords();
  const { name, title, version, state, tasks, modalities, engine, licence } = model;
  return (
    <header className={css['modelHead']}>
      <h1>{title || name}</h1>
      <p className={css['standing']}>
        <code>{name}</code>
        <StateBadge state={state} />
        <span>
          {words.version(version)}: {words.meaning(state)}
        </span>
      </p>
      <dl className={css['facts']}>
        <Fact name={t('modality')}>{modalities.map(words.modality).join(', ') || t('tensorsOnly')}</Fact>
        {tasks.length === 0 ? null : <Fact name={t('tasks')}>{tasks.map(words.task).join(', ')}</Fact>}
        <Fact name={t('engine')}>{engine}</Fact>
        <Fact name={t('signature')}>
          <Signature of={model} />
        </Fact>
        <Fact name={t('licence')}>{licence}</Fact>
      </dl>
      <Standing model={model} />
    </header>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What requests get that name the model without a version. */
function Standing({ model: { name, default: shown } }: { readonly model: ModelDetails }) {
  const t = useText(TEXTS);
  const format = useFormat();
  const words = useModelWords();
  const { version, answering, changedAt } = shown;
  if (answering === null) {
    return (
      <Notice tone="warn">
        <p>{t('standsForNothing', { name })}</p>
      </Notice>
    );
  }
  if (version !== null && version !== answering) {
    return (
      <Notice tone="warn">
        <p>{t('fallback', { chosen: version, answering })}</p>
      </Notice>
    );
  }
  const said =
    version === null
      ? t('standsForNewest', { name, version: answering })
      : t('standsFor', { name, version: words.version(version) });
  return (
    <p className={css['lead']}>
      {said} {changedAt === undefined ? null : t('chosenAt', { when: format.time(changedAt) })}
    </p>
  );
}
