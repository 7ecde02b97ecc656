import { useQueryClient } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import type { Me } from '../api';
import { useText } from '../i18n';
import { Button, Dialog, Loading, ProblemNotice } from '../ui';
import { holdFragmentCode } from './fragment-code';
import { beginAnew, leaveSignedOut } from './leave';
import { isOther, knownMe, setMe, useForgetMe, useMe } from './me';
import { TEXTS } from './messages';
import { SignInCard } from './sign-in-card';
import { SignInForm } from './sign-in-form';
import css from './sign-in.module.css';
import { tellTabs } from './tabs';
import { useSessionWatch, type Ended } from './use-session-watch';

/**
 * Pages are for who is signed in; the form stands in their place for everybody else. A session that ends while a page is open takes
 * nothing from it: the form then stands before it.
 */
export function SignInGate({ children }: { readonly children: ReactNode }) {
  const { me, error } = useMe();
  const forget = useForgetMe();
  const { ended, leftMs, stay, resume } = useSessionWatch();
  useEffect(() => {
    const heard = (): void => {
      if (holdFragmentCode()) void forget();
    };
    // What the browser kept of a page that was left may be of a session that has ended since.
    const back = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) beginAnew();
    };
    window.addEventListener('hashchange', heard);
    window.addEventListener('pageshow', back);
    return () => {
      window.removeEventListener('hashchange', heard);
      window.removeEventListener('pageshow', back);
    };
  }, [forget]);
  if (me === undefined) return error === null ? <Loading /> : <ProblemNotice error={error} />;
  if (me === null && ended === undefined) return <SignInCard />;
  return (
    <>
      <div className={ended === 'idle' ? css['covered'] : undefined} inert={ended !== undefined}>
        {children}
      </div>
      {ended === undefined ? null : <EndedDialog ended={ended} onResumed={resume} />}
      {leftMs === undefined ? null : <IdleDialog leftMs={leftMs} onStay={stay} />}
    </>
  );
}

function EndedDialog({ ended, onResumed }: { readonly ended: Ended; readonly onResumed: () => void }) {
  const t = useText(TEXTS);
  const client = useQueryClient();
  const signedIn = (now: Me): void => {
    const before = knownMe(client);
    tellTabs('signed-in');
    if (before && isOther(before, now)) {
      beginAnew();
      return;
    }
    setMe(client, now);
    onResumed();
  };
  return (
    <Dialog title={t('endedTitle')}>
      <p>{t(ended === 'idle' ? 'endedIdle' : 'ended')}</p>
      <SignInForm onSignedIn={signedIn} returnTo="/sign-in" isInWindow />
      <p className={css['help']}>{t('endedOther')}</p>
      <Button look="quiet" onClick={leaveSignedOut}>
        {t('leave')}
      </Button>
    </Dialog>
  );
}

function IdleDialog({ leftMs, onStay }: { readonly leftMs: number; readonly onStay: () => void }) {
  const t = useText(TEXTS);
  return (
    <Dialog title={t('idleTitle')} onClose={onStay}>
      <p role="timer">{t('idle', { seconds: Math.ceil(leftMs / 1_000) })}</p>
      <Button look="primary" onClick={onStay} autoFocus>
        {t('stay')}
      </Button>
    </Dialog>
  );
}
