import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useText } from '../i18n';
import { useMe } from './me';
import { TEXTS } from './messages';
import css from './sign-in.module.css';
import { hearTabs, tellTabs } from './tabs';

/**
 * Is shown to who is signed in already; to others the gate shows the form. Whoever came here from an issuer may have come in a window
 * that a page opened for it: once that page goes on, the window goes.
 */
export function SignInPage() {
  const t = useText(TEXTS);
  const { me } = useMe();
  useEffect(() => {
    const stopHearing = hearTabs((word) => {
      if (word === 'resumed') window.close();
    });
    tellTabs('signed-in');
    return stopHearing;
  }, []);
  return (
    <div className={css['place']}>
      <div className={css['card']}>
        <h1>{t('title')}</h1>
        <p>{t('signedInAs', { name: me?.displayName ?? me?.id ?? '' })}</p>
        <p className={css['intro']}>{t('closeWindow')}</p>
        <p>
          <Link to="/">{t('goOn')}</Link>
        </p>
      </div>
    </div>
  );
}
