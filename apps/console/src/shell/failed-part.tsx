import { useText } from '../i18n';
import { Button, Notice } from '../ui';
import { UI } from '../ui/messages';
import { FailedPage } from './failed-page';
import { isMissingChunk } from './missing-chunk';

/**
 * Stands where a part of a page failed. One that could not be fetched does not take the page with it: that is loaded anew when the
 * reader says so, since what was dropped and typed is lost by it.
 */
export function FailedPart({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  const t = useText(UI);
  if (!isMissingChunk(error)) return <FailedPage error={error} reset={reset} />;
  return (
    <Notice tone="warn">
      <p>
        <strong>{t('partAway')}</strong>
      </p>
      <p>{t('partAwayNext')}</p>
      <p>
        <Button
          onClick={() => {
            location.reload();
          }}
        >
          {t('loadAnew')}
        </Button>
      </p>
    </Notice>
  );
}
