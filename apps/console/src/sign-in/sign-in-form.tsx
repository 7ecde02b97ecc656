import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type SubmitEvent } from 'react';
import { ApiError, type Me } from '../api';
import { useFormat, useText } from '../i18n';
import { Button, Field, Notice, ProblemNotice } from '../ui';
import { takeRefusedCode, WORN_OUT } from './me';
import { TEXTS } from './messages';
import { listProviders, providerAddress, signInWithKey } from './session-calls';
import css from './sign-in.module.css';

export interface SignInFormProps {
  readonly onSignedIn: (me: Me) => void;
  /** Where an issuer leads back to. */
  readonly returnTo: string;
  /** Whether the page behind has to stay: an issuer is then gone to in a window of its own. */
  readonly isInWindow?: boolean;
}

/** Sign-in by key, or at an issuer. */
export function SignInForm({ onSignedIn, returnTo, isInWindow = false }: SignInFormProps) {
  const t = useText(TEXTS);
  const input = useRef<HTMLInputElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(takeRefusedCode);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const field = input.current;
    if (field === null || isBusy) return;
    if (field.value.trim() === '') {
      setError('empty');
      field.focus();
      return;
    }
    setBusy(true);
    setError(undefined);
    try {
      const me = await signInWithKey(field.value);
      field.value = '';
      onSignedIn(me);
    } catch (caught) {
      setError(caught);
      field.select();
      field.focus();
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={css['form']}>
      <form
        onSubmit={(event) => {
          void submit(event);
        }}
      >
        {error === undefined ? null : <SignInProblem error={error} />}
        <Field label={t('key')} hint={t('keyHint')}>
          {(control) => (
            <input
              {...control}
              ref={input}
              type="password"
              name="key"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={200}
              aria-invalid={error !== undefined && error !== WORN_OUT}
              autoFocus
            />
          )}
        </Field>
        <Button type="submit" look="primary" className={css['wide']} aria-disabled={isBusy}>
          {isBusy ? t('submitting') : t('submit')}
        </Button>
      </form>
      <Issuers returnTo={returnTo} isInWindow={isInWindow} />
      <details className={css['help']}>
        <summary>{t('whereKey')}</summary>
        <p>{t('whereStart')}</p>
        <p>{t('whereAdmin')}</p>
      </details>
    </div>
  );
}

function Issuers({ returnTo, isInWindow }: { readonly returnTo: string; readonly isInWindow: boolean }) {
  const t = useText(TEXTS);
  const { data = [] } = useQuery({ queryKey: ['sign-in-providers'], queryFn: listProviders, staleTime: 60_000 });
  if (data.length === 0) return null;
  return (
    <>
      <div className={css['or']}>{t('or')}</div>
      <div className={css['providers']}>
        {data.map(({ id, title }) => (
          <Button
            key={id}
            className={css['wide']}
            onClick={() => {
              if (isInWindow) window.open(providerAddress(id, '/sign-in'), '_blank', 'popup,width=520,height=720');
              else location.assign(providerAddress(id, returnTo));
            }}
          >
            {t('withProvider', { title })}
          </Button>
        ))}
        {isInWindow ? <p className={css['help']}>{t('popup')}</p> : null}
      </div>
    </>
  );
}

function SignInProblem({ error }: { readonly error: unknown }) {
  const t = useText(TEXTS);
  const format = useFormat();
  if (error === 'empty') {
    return (
      <Notice tone="bad">
        <p>{t('noKey')}</p>
      </Notice>
    );
  }
  if (error === WORN_OUT) {
    return (
      <Notice tone="bad">
        <p>
          <strong>{t('wornOut')}</strong>
        </p>
        <p>{t('wornOutNext')}</p>
      </Notice>
    );
  }
  const status = error instanceof ApiError ? error.problem.status : undefined;
  if (!(error instanceof ApiError) || (status !== 401 && status !== 429)) return <ProblemNotice error={error} />;
  const isWrong = status === 401;
  return (
    <Notice tone="bad">
      <p>
        <strong>{t(isWrong ? 'wrongKey' : 'tooMany')}</strong>
      </p>
      <p>{isWrong ? t('wrongKeyNext') : t('tooManyNext', { wait: format.duration(error.retryAfterMs ?? 60_000) })}</p>
    </Notice>
  );
}
