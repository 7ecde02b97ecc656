import { Link, Outlet } from '@tanstack/react-router';
import { useRef } from 'react';
import { useText } from '../i18n';
import { SessionCorner } from '../sign-in/session-corner';
import { useMe } from '../sign-in/me';
import { SignInGate } from '../sign-in/sign-in-gate';
import { LanguageChoice, ThemeChoice } from './choices';
import { Hidden } from '../ui';
import { SHELL } from './messages';
import { PAGES } from './pages';
import { ScopeGate } from './scope-gate';
import css from './shell.module.css';
import { useArrival } from './use-arrival';

/** The frame of every page. */
export function Shell() {
  const t = useText(SHELL);
  const { may } = useMe();
  const main = useRef<HTMLElement>(null);
  const arrivedAt = useArrival(main);
  return (
    <>
      <a className={css['skip']} href="#content">
        {t('skip')}
      </a>
      <header className={css['bar']}>
        <Link to="/" className={css['brand']}>
          <img src="/favicon.svg" alt="" />
          MedServe
        </Link>
        <nav className={css['nav']} aria-label={t('pages')}>
          {PAGES.filter(({ scope }) => may(scope)).map(({ to, name }) => (
            <Link key={to} to={to} activeOptions={{ exact: to === '/', includeSearch: false }}>
              {t(name)}
            </Link>
          ))}
        </nav>
        <div className={css['tools']}>
          <LanguageChoice />
          <ThemeChoice />
          <SessionCorner />
        </div>
      </header>
      <main ref={main} id="content" tabIndex={-1} className={css['main']}>
        <SignInGate>
          <ScopeGate>
            <Outlet />
          </ScopeGate>
        </SignInGate>
      </main>
      <Hidden>
        <span role="status">{arrivedAt}</span>
      </Hidden>
      <footer className={css['foot']}>{t('notClinical')}</footer>
    </>
  );
}
