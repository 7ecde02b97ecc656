import { useEffect, useEffectEvent, useState } from 'react';
import { useText } from '../i18n';
import { ImageProblem } from '../images/image-problem';
import { Button } from '../ui';
import css from './ask.module.css';
import type { AskState } from './ask-state';
import type { Desk } from './desk';
import type { Asked } from './desk-state';
import { TEXTS } from './messages';
import { nextStep } from './next-step';
import { useNow } from './use-now';

export interface AskFailedProps {
  readonly desk: Desk;
  readonly asked: Asked;
  readonly state: Extract<AskState, { readonly kind: 'failed' }>;
}

/** Why there is no answer, and what helps. */
export function AskFailed({ desk, asked, state: { error, text } }: AskFailedProps) {
  const t = useText(TEXTS);
  const step = nextStep(error, asked.attempt);
  const send = (allowMismatch = false) => {
    desk.askAgain(asked, { allowMismatch });
  };
  return (
    <>
      <ImageProblem error={error} />
      {text === '' ? null : (
        <details>
          <summary>{t('written')}</summary>
          <p className={css['written']}>{text}</p>
        </details>
      )}
      {step.kind === 'send-anyway' ? (
        <>
          <p>{t('mismatchNext')}</p>
          <p>
            <Button
              onClick={() => {
                send(true);
              }}
            >
              {t('sendAnyway')}
            </Button>
          </p>
        </>
      ) : null}
      {step.kind === 'send-again' ? (
        <p>
          <Button
            look="primary"
            onClick={() => {
              send();
            }}
          >
            {t('sendAgain')}
          </Button>
        </p>
      ) : null}
      {step.kind === 'wait' ? <Waiting forMs={step.forMs} onSend={send} /> : null}
    </>
  );
}

/** Counts down to the time at which the platform said that asking again makes sense, and asks then. */
function Waiting({ forMs, onSend }: { readonly forMs: number; readonly onSend: () => void }) {
  const t = useText(TEXTS);
  const [isStopped, setStopped] = useState(false);
  const [sinceMs] = useState(() => Date.now());
  const nowMs = useNow(250);
  const leftMs = Math.max(0, forMs - (nowMs - sinceMs));
  const send = useEffectEvent(onSend);
  const isDue = leftMs === 0 && !isStopped;
  useEffect(() => {
    if (isDue) send();
  }, [isDue]);
  return (
    <>
      {isStopped ? null : <p>{t('sendsIn', { seconds: Math.ceil(leftMs / 1_000) })}</p>}
      <div className={css['buttons']}>
        <Button look="primary" onClick={onSend}>
          {t('sendAgain')}
        </Button>
        {isStopped ? null : (
          <Button
            onClick={() => {
              setStopped(true);
            }}
          >
            {t('stopWaiting')}
          </Button>
        )}
      </div>
    </>
  );
}
