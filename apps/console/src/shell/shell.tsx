import { Link, Outlet } from '@tanstack/react-router';
import { useText } from '../i18n';
import { SessionCorner } from '../sign-in/session-corner';
import { useMe } from '../sign-in/me';
import { SignInGate } from '../sign-in/sign-in-gate';
import { LanguageChoice, ThemeChoice } from './choices';
import { SHELL } from './messages';
import { PAGES } from './pages';
import { ScopeGate } from './scope-gate';
import css from './shell.module.css';

/** The frame of every page. */
export function Shell() {
  const t = useText(SHELL);
  const { may } = useMe();
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
      <main id="content" tabIndex={-1} className={css['main']}>
        <SignInGate>
          <ScopeGate>
            <Outlet />
          </ScopeGate>
        </SignInGate>
      </main>
      <footer className={css['foot']}>{t('notClinical')}</footer>
    </>
  );
}
