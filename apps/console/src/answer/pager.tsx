import { useFormat, useText } from '../i18n';
import { Button } from '../ui';
import { TEXTS } from './messages';
import type { Pages } from './use-pages';

/** Which rows of how many are shown, and the ways to the others. Nothing where all are. */
export function Pager({ pages, all }: { readonly pages: Pages<unknown>; readonly all: number }) {
  const t = useText(TEXTS);
  const format = useFormat();
  const { page, count, first, rows, go } = pages;
  if (count === 1) return null;
  const from = format.number(first + 1);
  const to = format.number(first + rows.length);
  return (
    <nav aria-label={t('page', { page: page + 1, pages: count })}>
      <Button
        look="quiet"
        aria-label={t('previous')}
        isOff={page === 0}
        onClick={() => {
          go(page - 1);
        }}
      >
        ‹
      </Button>
      <span aria-live="polite">{t('rows', { from, to, all: format.number(all) })}</span>
      <Button
        look="quiet"
        aria-label={t('next')}
        isOff={page === count - 1}
        onClick={() => {
          go(page + 1);
        }}
      >
        ›
      </Button>
    </nav>
  );
}
