import type { Embedding } from '@medserve/clinical';
import { useFormat, useText } from '../i18n';
import css from './answer.module.css';
import { TEXTS } from './messages';

const SHOWN = 16;

export function EmbeddingView({ part }: { readonly part: Embedding }) {
  const t = useText(TEXTS);
  const format = useFormat();
  const { values } = part;
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return (
    <>
      <h3>{t('embedding', { count: values.length })}</h3>
      <p>{t('embeddingLength', { length: format.number(length, 4) })}</p>
      <p>
        <code className={css['name']}>
          {values
            .slice(0, SHOWN)
            .map((value) => format.number(value, 4))
            .join('  ')}
          {values.length > SHOWN ? ' …' : ''}
        </code>
      </p>
      <p className={css['small']}>{t('embeddingHint')}</p>
    </>
  );
}
