import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../i18n';
import { Notice } from '../ui';
import { setMe } from './me';
import { TEXTS } from './messages';
import { SignInForm } from './sign-in-form';
import css from './sign-in.module.css';
import { tellTabs } from './tabs';
import { returnPath, SIGNED_OUT, troubleOf, type Trouble } from './trouble';

const TROUBLE_TEXTS = {
  expired: 'troubleExpired',
  denied: 'troubleDenied',
  refused: 'troubleRefused',
  'no-rights': 'troubleNoRights',
  busy: 'troubleBusy',
  unavailable: 'troubleUnavailable',
} as const satisfies Record<Trouble, string>;

/** Stands in the place of a page while nobody is signed in. */
export function SignInCard() {
  const t = useText(TEXTS);
  const client = useQueryClient();
  const navigate = useNavigate();
  const path = useRouterState({ select: ({ location: { pathname } }) => pathname });
  const [fragment] = useState(() => location.hash);
  const trouble = troubleOf(fragment);
  return (
    <div className={css['place']}>
      <div className={css['card']}>
        <h1>{t('title')}</h1>
        {trouble === undefined ? null : (
          <Notice tone="bad">
            <p>{t(TROUBLE_TEXTS[trouble])}</p>
          </Notice>
        )}
        {fragment === SIGNED_OUT ? (
          <Notice tone="good">
            <p>{t('signedOut')}</p>
          </Notice>
        ) : (
          <p className={css['intro']}>{t('intro')}</p>
        )}
        <SignInForm
          returnTo={returnPath(path)}
          onSignedIn={(me) => {
            setMe(client, me);
            tellTabs('signed-in');
            if (path === '/sign-in') void navigate({ to: '/', replace: true });
          }}
        />
      </div>
    </div>
  );
}
