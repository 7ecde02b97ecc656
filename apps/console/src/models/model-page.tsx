import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useText } from '../i18n';
import { Loading, Panel, ProblemNotice } from '../ui';
import { CardPanel } from './card-panel';
import { TEXTS } from './messages';
import { ModelActions } from './model-actions';
import { ModelHead } from './model-head';
import type { ModelDetails } from './model-types';
import css from './models.module.css';
import { useModel } from './queries';
import { ScoresPanel } from './scores-panel';
import { VersionsPanel } from './versions-panel';

/** One model: what it is for, how good it was found to be, which versions there are, and what is done with them. */
export function ModelPage(): ReactNode {
  const t = useText(TEXTS);
  const parameters: unknown = useParams({ from: '/models/$name' });
  const { name } = parameters as { readonly name: string };
  const { data, error } = useModel(name);
  return (
    <>
      <p className={css['up']}>
        <Link to="/models">{t('allModels')}</Link>
      </p>
      {error === null ? null : (
        <>
          <h1>{name}</h1>
          <ProblemNotice error={error} />
        </>
      )}
      {data === undefined ? error === null && <Loading /> : <Model model={data} />}
    </>
  );
}

function Model({ model }: { readonly model: ModelDetails }) {
  const t = useText(TEXTS);
  return (
    <article className={css['model']}>
      <ModelHead model={model} />
      <div className={css['uses']}>
        <Panel title={t('intendedUse')} className={css['for']}>
          <p>{model.intendedUse}</p>
        </Panel>
        <Panel title={t('notFor')} className={css['against']}>
          <p>{model.notFor}</p>
        </Panel>
      </div>
      <ModelActions model={model}>{(ask) => <VersionsPanel model={model} onChoose={ask} />}</ModelActions>
      <div className={css['reading']}>
        <CardPanel model={model} />
        <ScoresPanel scores={model.measured} />
      </div>
    </article>
  );
}
