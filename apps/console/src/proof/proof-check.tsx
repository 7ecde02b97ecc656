import { useText } from '../i18n';
import { useMe } from '../sign-in/me';
import { Button, Notice } from '../ui';
import { checkClaims, type AnswerBytes, type Claim } from './check-request';
import { LogIdentity } from './log-identity';
import { MerklePicture } from './merkle-picture';
import { TEXTS } from './messages';
import css from './proof.module.css';
import { StepList } from './step-list';
import { useCheck } from './use-check';
import { VerdictNotice } from './verdict-notice';

export interface ProofCheckProps {
  /** What is claimed of entries; `answerOf` reads the recorded answer of a request. */
  readonly claims: (answerOf: (requestId: string) => Promise<AnswerBytes>) => readonly Claim[];
}

/** Checks what the platform says of entries of the log, in this browser, and shows each step of it. */
export function ProofCheck({ claims }: ProofCheckProps) {
  const t = useText(TEXTS);
  const { may } = useMe();
  const { steps, isRunning, error, run, cancel } = useCheck();
  const hasEnded = !isRunning && (steps.length > 0 || error !== undefined);
  if (!may('audit:export')) return <Notice tone="neutral">{t('needsExport')}</Notice>;
  return (
    <div className={css['check']}>
      <div className={css['buttons']}>
        <Button
          look="primary"
          isOff={isRunning}
          onClick={() => {
            run((parts) => checkClaims(claims(parts.answer), parts));
          }}
        >
          {t(hasEnded ? 'checkAgain' : 'check')}
        </Button>
        {isRunning ? <Button onClick={cancel}>{t('cancel')}</Button> : null}
      </div>
      {hasEnded ? <VerdictNotice steps={steps} error={error} count={countOf(steps)} /> : null}
      <div aria-live="polite">{steps.length === 0 ? null : <StepList steps={steps} />}</div>
      <div className={css['paths']}>
        {steps.map(({ name, sequence, path }) =>
          name === 'path' && path !== undefined && sequence !== undefined ? (
            <MerklePicture
              key={sequence}
              sequence={sequence}
              leaf={steps.find((step) => step.name === 'entry' && step.sequence === sequence)?.hash ?? ''}
              path={path}
            />
          ) : null,
        )}
      </div>
      <LogIdentity steps={steps} />
      <details>
        <summary>{t('meaning')}</summary>
        <ul>
          <li>{t('proves')}</li>
          <li>{t('provesTime')}</li>
          <li>{t('provesNot')}</li>
        </ul>
      </details>
    </div>
  );
}

const countOf = (steps: readonly { readonly name: string }[]): number =>
  steps.filter(({ name }) => name === 'entry').length;
