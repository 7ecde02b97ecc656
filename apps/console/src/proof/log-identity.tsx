import { useState } from 'react';
import { useText } from '../i18n';
import { Button, CopyButton } from '../ui';
import { hexOf, LogMemory } from './log';
import { TEXTS } from './messages';
import css from './proof.module.css';
import type { Step } from './step';

/** Which log it is, and its key, to be compared; and the way to forget a log, where it is no longer the same. */
export function LogIdentity({ steps }: { readonly steps: readonly Step[] }) {
  const t = useText(TEXTS);
  const [isForgotten, setIsForgotten] = useState(false);
  const log = steps.find((step) => step.log !== undefined)?.log;
  if (log === undefined) return null;
  const { key, checkpoint } = log;
  const { origin, size, root } = checkpoint;
  const isAnother = steps.some(({ name, verdict, unchecked }) =>
    name === 'continuity' ? verdict === 'fails' || unchecked === 'other-key' : false,
  );
  return (
    <div className={css['identity']}>
      <p className={css['detail']}>{t('logFacts', { origin, size, root: hexOf(root) })}</p>
      <h3>{t('key')}</h3>
      <div className={css['buttons']}>
        <code className={css['key']}>{key.text}</code>
        <CopyButton text={key.text} what={t('key')} />
      </div>
      <p className={css['detail']}>{t('keyNote')}</p>
      {isAnother && !isForgotten ? (
        <>
          <Button
            look="danger"
            onClick={() => {
              new LogMemory(localStorage).forget(origin);
              setIsForgotten(true);
            }}
          >
            {t('forget')}
          </Button>
          <p className={css['detail']}>{t('forgetNote')}</p>
        </>
      ) : null}
      {isForgotten ? <p role="status">{t('forgotten')}</p> : null}
    </div>
  );
}
