import { Link } from '@tanstack/react-router';
import { useEffect, useId, useRef, useState } from 'react';
import type { Me } from '../api';
import { useFormat, useText } from '../i18n';
import { Button, Notice } from '../ui';
import { leaveSignedOut } from './leave';
import { useMe } from './me';
import { TEXTS } from './messages';
import { signOut } from './session-calls';
import css from './sign-in.module.css';
import { tellTabs } from './tabs';

const KINDS = { key: 'kindKey', user: 'kindUser', client: 'kindClient' } as const;

const isKind = (text: string): text is keyof typeof KINDS => Object.hasOwn(KINDS, text);

/** Who is signed in, and the way out; the way in where nobody is. */
export function SessionCorner() {
  const t = useText(TEXTS);
  const { me } = useMe();
  if (me === undefined) return null;
  return me === null ? <Link to="/sign-in">{t('title')}</Link> : <Account me={me} />;
}

function Account({ me }: { readonly me: Me }) {
  const t = useText(TEXTS);
  const id = useId();
  const corner = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (!isOpen) return undefined;
    const outside = ({ target }: Event): void => {
      if (!corner.current?.contains(target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [isOpen]);
  const name = me.displayName ?? me.id;
  return (
    <div
      ref={corner}
      className={css['corner']}
      onKeyDown={({ key }) => {
        if (key !== 'Escape' || !isOpen) return;
        setOpen(false);
        corner.current?.querySelector('button')?.focus();
      }}
    >
      <Button
        className={css['who']}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={t('account', { name })}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        <span className={css['name']}>{name}</span>
        <span aria-hidden="true">▾</span>
      </Button>
      {isOpen ? <AccountMenu id={id} me={me} /> : null}
    </div>
  );
}

function AccountMenu({ id, me }: { readonly id: string; readonly me: Me }) {
  const t = useText(TEXTS);
  const format = useFormat();
  const [hasFailed, setFailed] = useState(false);
  const leave = async (): Promise<void> => {
    setFailed(false);
    try {
      await signOut();
      tellTabs('signed-out');
      leaveSignedOut();
    } catch {
      setFailed(true);
    }
  };
  const facts = [
    ['tenant', me.tenant],
    ['site', me.site],
    ['role', me.role],
    ['kind', isKind(me.kind) ? t(KINDS[me.kind]) : me.kind],
    ['until', me.session === undefined ? undefined : format.time(me.session.expiresAt)],
  ] as const;
  return (
    <div id={id} className={css['menu']}>
      <dl>
        {facts.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name}>
              <dt>{t(name)}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      {hasFailed ? (
        <Notice tone="bad">
          <p>{t('signOutFailed')}</p>
        </Notice>
      ) : null}
      {me.session === undefined ? null : <Button onClick={() => void leave()}>{t('signOut')}</Button>}
    </div>
  );
}
