import type { ReactNode } from 'react';
import { ApiError } from '../api';
import { useText } from '../i18n';
import type { Tone } from './badge';
import { UI } from './messages';
import { Said } from './said';
import css from './ui.module.css';

/** Something that has to be read. What went wrong is told to who hears the page at once. */
export function Notice({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <div className={`${css['notice'] ?? ''} ${css[tone] ?? ''}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <div className={css['noticeBody']}>{children}</div>
    </div>
  );
}

/** What went wrong, and what to do next. */
export function ProblemNotice({ error }: { readonly error: unknown }) {
  const t = useText(UI);
  if (!(error instanceof ApiError)) {
    return (
      <Notice tone="bad">
        <p>
          <strong>{t('pageFailed')}</strong>
        </p>
        <p>{t('pageFailedNext')}</p>
      </Notice>
    );
  }
  const { problem, isUnreachable } = error;
  return (
    <Notice tone={isUnreachable ? 'warn' : 'bad'}>
      <p>
        {isUnreachable || problem.title === '' ? (
          <strong>{t(isUnreachable ? 'unreachable' : 'failed')}</strong>
        ) : (
          <strong>
            <Said>{problem.title}</Said>
          </strong>
        )}
      </p>
      {isUnreachable ? <p>{t('unreachableNext')}</p> : null}
      {problem.detail === '' ? null : <p lang="en">{problem.detail}</p>}
      {problem.limit === undefined ? null : <p lang="en">{problem.limit}</p>}
      {problem.remedy ? (
        <p>
          <Said>{problem.remedy}</Said>
        </p>
      ) : null}
      {problem.requestId === undefined ? null : (
        <p>
          <small>{t('requestId', { id: problem.requestId })}</small>
        </p>
      )}
    </Notice>
  );
}
