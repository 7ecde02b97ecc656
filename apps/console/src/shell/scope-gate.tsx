import { useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useText } from '../i18n';
import { useMe } from '../sign-in/me';
import { Notice } from '../ui';
import { SHELL } from './messages';
import { pageAt } from './pages';

/**
 * In the place of a page of which nothing may be seen, the scope for it: the page would ask again and again, and each refusal is put on
 * record.
 */
export function ScopeGate({ children }: { readonly children: ReactNode }) {
  const t = useText(SHELL);
  const { me, may } = useMe();
  const page = pageAt(useLocation({ select: ({ pathname }) => pathname }));
  if (!me || page === undefined || may(page.scope)) return children;
  return (
    <>
      <h1>{t(page.name)}</h1>
      <Notice tone="warn">
        <p>
          <strong>{t('needs', { scope: page.scope })}</strong>
        </p>
        <p>{t('needsNext')}</p>
      </Notice>
    </>
  );
}
