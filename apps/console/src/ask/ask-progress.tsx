import { useFormat, useText } from '../i18n';
import { useMe } from '../sign-in/me';
import { Button, Notice, usePhaseWords } from '../ui';
import css from './ask.module.css';
import { leftMs, type RunningAsk, type SendingAsk } from './ask-state';
import type { Desk } from './desk';
import type { Asked } from './desk-state';
import { LiveText } from './live-text';
import { TEXTS } from './messages';
import { useNow } from './use-now';

export interface AskProgressProps {
  readonly desk: Desk;
  readonly asked: Asked;
  readonly state: SendingAsk | RunningAsk;
}

/** After this a person may not want to wait for a connection any more. */
const LONG_CUT_MS = 10_000;

/** How far a question is, for who sees it and for who hears it: phases are said aloud, percents are not. */
export function AskProgress({ desk, asked, state }: AskProgressProps) {
  const t = useText(TEXTS);
  const { may } = useMe();
  const isCancelling = state.kind === 'running' && state.isCancelling;
  return (
    <div className={css['progress']}>
      {state.kind === 'sending' ? <WhileSending state={state} /> : <WhileRunning state={state} />}
      {state.kind === 'running' && state.cutAtMs !== undefined ? (
        <Cut
          cutAtMs={state.cutAtMs}
          onAgain={() => {
            desk.askAgain(asked);
          }}
        />
      ) : null}
      {may('infer') ? (
        <Button isOff={isCancelling} onClick={() => void desk.cancel(asked)}>
          {t(isCancelling ? 'cancelling' : 'cancel')}
        </Button>
      ) : null}
      {state.kind === 'running' && state.text !== '' ? <LiveText text={state.text} /> : null}
    </div>
  );
}

function WhileSending({ state }: { readonly state: SendingAsk }) {
  const t = useText(TEXTS);
  const f = useFormat();
  const { sentBytes, totalBytes, isAgain } = state;
  const share = totalBytes === 0 ? 0 : sentBytes / totalBytes;
  const isSent = totalBytes > 0 && sentBytes >= totalBytes;
  return (
    <>
      <p role="status">{t(isSent ? 'checking' : isAgain ? 'sendingAgain' : 'sending')}</p>
      <progress className={css['track']} aria-label={t('sending')} value={share} max={1} />
      <p className={css['figures']}>
        {totalBytes === 0 ? '\u00a0' : `${f.bytes(sentBytes)} / ${f.bytes(totalBytes)} · ${f.percent(share, 0)}`}
      </p>
    </>
  );
}

function WhileRunning({ state }: { readonly state: RunningAsk }) {
  const t = useText(TEXTS);
  const f = useFormat();
  const nowMs = useNow();
  const { percent, acceptedAtMs, loadMs, phase, expectedMs } = state;
  const left = leftMs(state, nowMs);
  const words = usePhaseWords()(phase);
  const figures = [
    f.percent(percent / 100, 0),
    ...(left === undefined ? [] : [left === 0 ? t('longer') : t('timeLeft', { duration: f.duration(whole(left)) })]),
    t('elapsed', { duration: f.duration(whole(nowMs - acceptedAtMs)) }),
  ];
  return (
    <>
      <p role="status">{words}</p>
      <progress className={css['track']} aria-label={words} value={percent} max={100} />
      <p className={css['figures']}>{figures.join(' · ')}</p>
      {loadMs === undefined ? null : <p>{t('loadTold', { duration: f.duration(loadMs) })}</p>}
      {phase === 'loading' && expectedMs === undefined ? <p>{t('loadUnmeasured')}</p> : null}
    </>
  );
}

/** In whole seconds, so that the figures stand still between them. */
const whole = (ms: number): number => Math.max(1, Math.round(ms / 1_000)) * 1_000;

function Cut({ cutAtMs, onAgain }: { readonly cutAtMs: number; readonly onAgain: () => void }) {
  const t = useText(TEXTS);
  const isLong = useNow() - cutAtMs > LONG_CUT_MS;
  return (
    <Notice tone="warn">
      <p>{t('cut')}</p>
      {isLong ? (
        <>
          <p>{t('cutLong')}</p>
          <p>
            <Button onClick={onAgain}>{t('sendAgain')}</Button>
          </p>
        </>
      ) : null}
    </Notice>
  );
}
