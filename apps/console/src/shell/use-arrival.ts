import { useLocation, useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState, type RefObject } from 'react';
import { useText } from '../i18n';
import { keepFocus } from './keep-focus';
import { SHELL } from './messages';
import { nameOfPage } from './pages';

/** The name of the platform stands in every title, and is not translated. */
const PLATFORM = 'MedServe';

/**
 * Tells where a reader is: the title names the page (WCAG 2.2, 2.4.2), who comes to another one hears its name, and the focus is at its
 * beginning where the link that led there is gone (2.4.3). Names of pages only: a title stands in histories and on screens of others.
 *
 * @returns what is to be said of the page that was come to; empty on the first one, of which the browser tells the title
 */
export function useArrival(main: RefObject<HTMLElement | null>): string {
  const t = useText(SHELL);
  const router = useRouter();
  const name = t(nameOfPage(useLocation({ select: ({ pathname }) => pathname })));
  const [hasMoved, setMoved] = useState(false);
  const kept = useRef<ReturnType<typeof keepFocus>>(undefined);
  useEffect(() => {
    document.title = `${name} – ${PLATFORM}`;
  }, [name]);
  useEffect(() => {
    if (main.current === null) return undefined;
    const keeping = keepFocus(main.current);
    kept.current = keeping;
    return () => {
      keeping.stop();
    };
  }, [main]);
  useEffect(() => {
    const leaving = router.subscribe('onBeforeLoad', ({ pathChanged }) => {
      if (pathChanged) kept.current?.forget();
    });
    const arrived = router.subscribe('onRendered', ({ pathChanged, fromLocation }) => {
      if (!pathChanged || fromLocation === undefined) return;
      setMoved(true);
      if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
    });
    return () => {
      leaving();
      arrived();
    };
  }, [router, main]);
  return hasMoved ? name : '';
}
