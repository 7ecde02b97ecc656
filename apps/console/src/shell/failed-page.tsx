import { useEffect } from 'react';
import { call } from '../api';
import { useText } from '../i18n';
import { Button, Notice, ProblemNotice } from '../ui';
import { UI } from '../ui/messages';
import { isMissingChunk } from './missing-chunk';

/** Stands where a page failed: what happened, and a way on. */
export function FailedPage({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  const t = useText(UI);
  if (isMissingChunk(error)) return <PageAway />;
  return (
    <>
      <ProblemNotice error={error} />
      <p>
        <Button onClick={reset}>{t('again')}</Button>
      </p>
    </>
  );
}

const LOOK_EVERY_MS = 2_000;
/** Between two loads that nobody asked for: where a part stays missing, the page does not turn round and round. */
const RELOAD_EVERY_MS = 60_000;
const RELOADED = 'medserve.reloaded';

/** The page could not be fetched: it is loaded anew as soon as the platform answers, in the version that this then has. */
function PageAway() {
  const t = useText(UI);
  useEffect(() => {
    const look = (): void => {
      if (document.hidden || Date.now() - Number(sessionStorage.getItem(RELOADED) ?? 0) < RELOAD_EVERY_MS) return;
      call('/livez').then(
        () => {
          sessionStorage.setItem(RELOADED, String(Date.now()));
          location.reload();
        },
        () => undefined,
      );
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
    };
  }, []);
  return (
    <Notice tone="warn">
      <p>
        <strong>{t('unreachable')}</strong>
      </p>
      <p>{t('unreachableNext')}</p>
      <p>
        <Button
          onClick={() => {
            location.reload();
          }}
        >
          {t('again')}
        </Button>
      </p>
    </Notice>
  );
}
