import { focusManager, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { callJson, hearSignedOut, type Me } from '../api';
import { beginAnew } from './leave';
import { idleState, isToEnd, reportEveryMs, TELL_MS, type IdlePhase } from './idle';
import { isOther, knownMe, useForgetMe, useMe } from './me';
import { signOut } from './session-calls';
import { hearTabs, tellTabs } from './tabs';

/** How the session of a page came to an end that is still open. */
export type Ended = 'elsewhere' | 'idle';

export interface SessionWatch {
  /** Undefined while it has not ended. */
  readonly ended: Ended | undefined;
  /** Until the session ends for want of use, where that is near. */
  readonly leftMs: number | undefined;
  readonly stay: () => void;
  /** Somebody signed in anew. */
  readonly resume: () => void;
}

const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;
const LOOK_MS = 1_000;

/** Watches over the session of this page, together with the other tabs of the browser. */
export function useSessionWatch(): SessionWatch {
  const client = useQueryClient();
  const { me } = useMe();
  const forget = useForgetMe();
  const [ended, setEnded] = useState<Ended>();
  const isWaiting = useRef(false);
  useEffect(() => {
    isWaiting.current = ended !== undefined;
    if (ended === undefined) return undefined;
    // Pages look again and again at what they show; without a session each look would be refused, and be one more refusal on record.
    focusManager.setFocused(false);
    return () => {
      focusManager.setFocused(undefined);
    };
  }, [ended]);
  useEffect(() => {
    hearSignedOut(() => {
      // Without anybody signed in there is nothing to end: then the form is shown anyway.
      if (knownMe(client)) setEnded((before) => before ?? 'elsewhere');
    });
    return hearTabs((word) => {
      if (word === 'signed-out' && knownMe(client)) beginAnew();
      if (word === 'idle' && knownMe(client)) setEnded('idle');
      if (word === 'signed-in')
        void sameOrAnew(knownMe(client)).then((isSame) => {
          if (!isSame) return;
          // A window that was opened for it has done its work.
          if (isWaiting.current) tellTabs('resumed');
          setEnded(undefined);
          void forget();
        });
    });
  }, [client, forget]);
  const idleMs = ended === undefined ? me?.session?.idleTimeoutMs : undefined;
  const { leftMs, stay } = useIdle(idleMs, () => {
    setEnded('idle');
    tellTabs('idle');
    // The session may have ended there by itself; if the platform is away, it ends it in time.
    signOut().catch(() => undefined);
  });
  return {
    ended,
    leftMs,
    stay,
    resume: () => {
      setEnded(undefined);
      void client.invalidateQueries();
    },
  };
}

/** Another tab signed in: as somebody else, this one begins anew. @returns whether it may go on */
async function sameOrAnew(before: Me | null | undefined): Promise<boolean> {
  const now = await callJson<Me>('/v1/me').catch(() => undefined);
  if (now === undefined) return false;
  if (!before || !isOther(before, now)) return true;
  beginAnew();
  return false;
}

/** When somebody last did something, and when that was told; how the session stood then. */
interface Touch {
  atMs: number;
  toldMs: number;
  reportedMs: number;
  phase: IdlePhase;
}

/** @param idleMs absent: the session does not end for want of use */
function useIdle(idleMs: number | undefined, onOver: () => void) {
  const [leftMs, setLeft] = useState<number>();
  const [touch] = useState((): Touch => ({ atMs: Date.now(), toldMs: 0, reportedMs: Date.now(), phase: 'active' }));
  useEffect(() => {
    if (idleMs === undefined) return undefined;
    const everyMs = reportEveryMs(idleMs);
    Object.assign(touch, { atMs: Date.now(), phase: 'active' });
    const touched = (): void => {
      // Who is asked whether they are there has to answer.
      if (touch.phase !== 'active') return;
      touch.atMs = Date.now();
      if (touch.atMs - touch.toldMs >= TELL_MS) {
        touch.toldMs = touch.atMs;
        tellTabs('touched');
      }
      if (touch.atMs - touch.reportedMs < everyMs) return;
      touch.reportedMs = touch.atMs;
      report();
    };
    const look = (): void => {
      const { phase, leftMs: left } = idleState(touch.atMs, Date.now(), idleMs);
      const { phase: before } = touch;
      touch.phase = phase;
      setLeft(phase === 'warned' ? left : undefined);
      if (isToEnd(before, phase)) onOver();
    };
    const stopHearing = hearTabs((word) => {
      if (word !== 'touched') return;
      touch.atMs = Date.now();
      look();
    });
    const timer = setInterval(look, LOOK_MS);
    for (const name of TOUCHES) window.addEventListener(name, touched, { capture: true, passive: true });
    document.addEventListener('visibilitychange', look);
    return () => {
      stopHearing();
      clearInterval(timer);
      for (const name of TOUCHES) window.removeEventListener(name, touched, { capture: true });
      document.removeEventListener('visibilitychange', look);
      setLeft(undefined);
    };
    // oxlint-disable-next-line react/exhaustive-deps -- what is done at the end is not what is watched
  }, [idleMs]);
  return {
    leftMs,
    stay: () => {
      Object.assign(touch, { atMs: Date.now(), reportedMs: Date.now(), phase: 'active' });
      setLeft(undefined);
      tellTabs('touched');
      report();
    },
  };
}

/** The platform hears that somebody is there. */
function report(): void {
  // A session that is over is told by the way of every refusal.
  callJson('/v1/me').catch(() => undefined);
}
