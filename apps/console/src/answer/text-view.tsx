import type { Text } from '@medserve/clinical';
import { useText } from '../i18n';
import { Badge, Notice } from '../ui';
import css from './answer.module.css';
import { LongText } from './long-text';
import { TEXTS } from './messages';
import { Rationale } from './regions-view';

/** Words of a model, and what they say in the form that was asked for. */
export function TextView({ part }: { readonly part: Text }) {
  const t = useText(TEXTS);
  const { text, reply, rationale, language } = part;
  return (
    <>
      {reply === undefined ? (
        <Notice tone="warn">
          <p>{t('unread')}</p>
        </Notice>
      ) : null}
      {reply?.form === 'closed' ? <p className={css['reply']}>{t(reply.value === 'yes' ? 'yes' : 'no')}</p> : null}
      {reply?.form === 'choice' ? (
        <ul className={css['labels']} aria-label={t('chosen')}>
          {reply.chosen.map(({ code, display }) => (
            <li key={code} className={css['reply']}>
              <Badge tone="good">{t('chosen')}</Badge> <span className={css['name']}>{display}</span>{' '}
              <span className={css['code']}>{code}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {text.trim() === '' ? <p>{t('emptyText')}</p> : <LongText text={text} language={language} />}
      {rationale === undefined ? null : <Rationale text={rationale} />}
    </>
  );
}
