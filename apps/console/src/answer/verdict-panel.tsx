import type { AnswerDocument } from '@medserve/clinical';
import { Link } from '@tanstack/react-router';
import { useFormat, useText } from '../i18n';
import { Badge, Notice, Panel } from '../ui';
import css from './answer.module.css';
import { partsOf } from '../findings/findings';
import { LongText } from './long-text';
import { TEXTS } from './messages';
import { ShareBar } from './share-bar';
import { nameInWords } from './facts';

/** More than anybody reads; the rest is in the document. */
const SHOWN = 50;

/** Whether the model stands by its answer, how sure it is, and what is to be known before believing it. */
export function VerdictPanel({ document }: { readonly document: AnswerDocument }) {
  const t = useText(TEXTS);
  const { decision, warnings } = document;
  const isAnswered = decision === 'answered';
  return (
    <Panel title={t(isAnswered ? 'answered' : 'abstained')}>
      <div className={css['verdict']}>
        <p className={css['decision']}>
          <Badge tone={isAnswered ? 'good' : 'warn'}>{t(isAnswered ? 'answered' : 'abstained')}</Badge>
          <span>{t(isAnswered ? 'answeredWords' : 'abstainedWords')}</span>
        </p>
        {warnings.length === 0 ? null : (
          <Notice tone="warn">
            <strong>{t('warnings', { count: warnings.length })}</strong>
            <ul className={css['warnings']}>
              {warnings.slice(0, SHOWN).map((warning, place) => (
                <li key={place} lang="en">
                  {warning.length > 1_000 ? <LongText text={warning} /> : warning}
                </li>
              ))}
              {warnings.length > SHOWN ? <li>{t('more', { count: warnings.length - SHOWN })}</li> : null}
            </ul>
          </Notice>
        )}
        <Confidence document={document} />
      </div>
    </Panel>
  );
}

function Confidence({ document }: { readonly document: AnswerDocument }) {
  const t = useText(TEXTS);
  const format = useFormat();
  const figures = Object.entries(document.confidence).filter(([, share]) => Number.isFinite(share));
  const { model } = document.provenance;
  const abouts = new Set(partsOf(document).flatMap(({ part }) => (part.kind === 'classification' ? part.about : [])));
  const meaning = (name: string): string => {
    if (name === 'tokenProbability') return t('meansTokens');
    return abouts.has(name) ? t('meansBest', { about: name }) : t('meansCard');
  };
  const threshold = (name: string): number | undefined => {
    const head = document.evidence.find(({ kind, about }) => kind === 'head' && about === name)?.['abstainBelow'];
    return typeof head === 'number' ? head : undefined;
  };
  return (
    <section aria-label={t('confidence')}>
      <h3>{t('confidence')}</h3>
      {figures.length === 0 ? <p>{t('noConfidence')}</p> : null}
      <div className={css['figures']}>
        {figures.slice(0, SHOWN).map(([name, share]) => {
          const label = name === 'tokenProbability' ? t('tokenProbability') : nameInWords(name).words;
          const least = threshold(name);
          return (
            <div key={name} className={css['figure']}>
              <span className={css['name']}>{label}</span>
              <ShareBar share={share} label={t('of', { label, share: format.percent(share) })} threshold={least} />
              <p className={css['small']}>
                {meaning(name)} {least === undefined ? null : t('threshold', { share: format.percent(least) })}
              </p>
            </div>
          );
        })}
      </div>
      <p className={css['small']}>
        <Link to="/models/$name" params={{ name: model.name }}>
          {t('card', { model: model.name })}
        </Link>
      </p>
    </section>
  );
}
