import { Link, Outlet } from '@tanstack/react-router';
import { useText } from '../i18n';
import { SessionCorner } from '../sign-in/session-corner';
import { useMe } from '../sign-in/me';
import { SignInGate } from '../sign-in/sign-in-gate';
import { LanguageChoice, ThemeChoice } from './choices';
import { SHELL } from './messages';
import css from './shell.module.css';

/** The pages, and the scope without which there is nothing to see on one. */
const PAGES = [
  { to: '/', name: 'ask', scope: 'infer' },
  { to: '/work', name: 'work', scope: 'result:read' },
  { to: '/models', name: 'models', scope: 'model:read' },
  { to: '/pools', name: 'pools', scope: 'model:read' },
  { to: '/audit', name: 'audit', scope: 'audit:read' },
] as const;

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
          <Outlet />
        </SignInGate>
      </main>
      <footer className={css['foot']}>{t('notClinical')}</footer>
    </>
  );
}
