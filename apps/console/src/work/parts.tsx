import { useEffect, useState, type ReactNode } from 'react';
import { serverNowMs } from '../api';
import { useFormat, useText } from '../i18n';
import type { Messages } from '../i18n/define-messages';
import { Badge, Button, Dialog, ProblemNotice } from '../ui';
import { STATE_WORDS, TEXTS } from './messages';
import { lookOf } from './words';
import css from './work.module.css';

/** Words for ids of the platform; one that this page does not know is its own word. */
export function useWordOf<Key extends string>(messages: Messages<Key>): (id: string | undefined) => string {
  const t = useText(messages);
  return (id = '') => (Object.hasOwn(messages.en, id) ? t(id as Key) : id);
}

/** A state as a sign and a word. */
export function StateBadge({ state }: { readonly state: string }) {
  const word = useWordOf(STATE_WORDS);
  const { sign, tone } = lookOf(state);
  return (
    <Badge tone={tone}>
      <span aria-hidden="true">{sign}</span>
      <span>{word(state)}</span>
    </Badge>
  );
}

const TICK_MS = 1_000;

/** The time as the platform has it, to the second. @returns milliseconds since 1970 */
export function useNow(): number {
  const [now, setNow] = useState(() => serverNowMs());
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(serverNowMs());
    }, TICK_MS);
    return () => {
      clearInterval(timer);
    };
  }, []);
  return now;
}

/** How long ago; the moment itself for who points at it or reaches it by keyboard. */
export function Age({ at, nowMs }: { readonly at: string; readonly nowMs: number }) {
  const format = useFormat();
  return (
    <time className={css['age']} dateTime={at} tabIndex={0} data-at={format.time(at)} aria-label={format.time(at)}>
      {format.ago(Math.min(Date.parse(at), nowMs), nowMs)}
    </time>
  );
}

/** Nothing to show, and what to do to see something. */
export function Empty({ title, next }: { readonly title: string; readonly next?: string }) {
  return (
    <div className={css['empty']}>
      <p>
        <strong>{title}</strong>
      </p>
      {next === undefined ? null : <p>{next}</p>}
    </div>
  );
}

export interface ConfirmProps {
  readonly title: string;
  readonly body: string;
  readonly action: string;
  readonly isDanger?: boolean;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks once more before something is changed. */
export function Confirm({ title, body, action, isDanger = false, isBusy, error, onConfirm, onClose }: ConfirmProps) {
  const t = useText(TEXTS);
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{body}</p>
      {error === null || error === undefined ? null : <ProblemNotice error={error} />}
      <div className={css['actions']}>
        <Button look={isDanger ? 'danger' : 'primary'} isOff={isBusy} onClick={onConfirm}>
          {action}
        </Button>
        <Button onClick={onClose} autoFocus>
          {t('keep')}
        </Button>
      </div>
    </Dialog>
  );
}

/** The end of a list: how much is shown, and more of it. */
export function More(props: {
  readonly shown: number;
  readonly onMore?: (() => void) | undefined;
  readonly isBusy: boolean;
  /** The platform tells of no more, be there more or not. */
  readonly isCut?: boolean;
}) {
  const t = useText(TEXTS);
  return (
    <div className={css['end']} role="group" aria-label={t('shown', { count: props.shown })}>
      <span role="status">{t('shown', { count: props.shown })}</span>
      {props.onMore === undefined ? (
        <span>{t(props.isCut === true ? 'cut' : 'all')}</span>
      ) : (
        <Button onClick={props.onMore} isOff={props.isBusy}>
          {t('more')}
        </Button>
      )}
    </div>
  );
}

/** A row of facts above a table. */
export function Facts({ children, label }: { readonly children: ReactNode; readonly label: string }) {
  return (
    <ul className={css['facts']} aria-label={label}>
      {children}
    </ul>
  );
}
