import { useState } from 'react';
import { useFormat, useText } from '../i18n';
import { checkRange, MOST_ENTRIES, type Range, type RangeProgress } from '../proof/check-range';
import { LogIdentity } from '../proof/log-identity';
import { StepList } from '../proof/step-list';
import { useCheck } from '../proof/use-check';
import { VerdictNotice } from '../proof/verdict-notice';
import { Button, Field, Notice, Panel } from '../ui';
import css from './audit.module.css';
import { TEXTS } from './messages';
import { parseRange } from './parse-range';

/** Verifies a part of the log, entry by entry, in this browser. */
export function RangePanel() {
  const t = useText(TEXTS);
  const format = useFormat();
  const [first, setFirst] = useState('0');
  const [last, setLast] = useState('');
  const [wrong, setWrong] = useState<'rangeWrong' | 'rangeTooLong'>();
  const [progress, setProgress] = useState<RangeProgress>();
  const { steps, isRunning, error, run, cancel } = useCheck();
  const hasEnded = !isRunning && (steps.length > 0 || error !== undefined);
  const verify = (range: Range): void => {
    setProgress(undefined);
    run((parts) => checkRange(range, parts, setProgress));
  };
  const bound = (label: string, value: string, onChange: (value: string) => void, hint?: string) => (
    <Field label={label} hint={hint}>
      {(control) => (
        <input
          {...control}
          inputMode="numeric"
          maxLength={15}
          value={value}
          onChange={({ target }) => {
            onChange(target.value);
          }}
        />
      )}
    </Field>
  );
  return (
    <Panel title={t('verifyTitle')}>
      <p>{t('verifyIntro')}</p>
      <form
        className={css['form']}
        onSubmit={(event) => {
          event.preventDefault();
          const range = parseRange(first, last);
          setWrong(typeof range === 'string' ? range : undefined);
          if (typeof range !== 'string') verify(range);
        }}
      >
        <div className={css['pair']}>
          {bound(t('first'), first, setFirst)}
          {bound(t('last'), last, setLast, t('lastHint'))}
        </div>
        {wrong === undefined ? null : <Notice tone="bad">{t(wrong, { most: MOST_ENTRIES })}</Notice>}
        <div className={css['buttons']}>
          <Button type="submit" look="primary" isOff={isRunning}>
            {t('verify')}
          </Button>
          {isRunning ? <Button onClick={cancel}>{t('cancel')}</Button> : null}
        </div>
      </form>
      {progress === undefined || !isRunning ? null : (
        <p className={css['progress']}>
          <progress aria-label={t('verifyLabel')} max={progress.total} value={progress.checked + progress.withheld} />
          <span>
            {t('verified', { checked: format.number(progress.checked), total: format.number(progress.total) })}
          </span>
        </p>
      )}
      <div className={css['outcome']}>
        {hasEnded ? (
          <>
            <VerdictNotice steps={steps} error={error} count={progress?.checked ?? 0} />
            {progress === undefined || error !== undefined ? null : (
              <p role="status">
                {t('verifiedAll', { checked: progress.checked })}{' '}
                {progress.withheld === 0 ? null : t('withheld', { withheld: progress.withheld })}
              </p>
            )}
          </>
        ) : null}
        {steps.length === 0 ? null : <StepList steps={steps} />}
        <LogIdentity steps={steps} />
      </div>
    </Panel>
  );
}
