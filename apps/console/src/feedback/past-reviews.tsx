import { useFormat, useText } from '../i18n';
import { Badge } from '../ui';
import { useCorrectionWords } from './correction-words';
import type { Correctable } from './corrections';
import css from './feedback.module.css';
import { TEXTS } from './messages';
import { isReason, type Review } from './reviews';

export interface PastReviewsProps {
  /** Newest first: the first stands. */
  readonly reviews: readonly Review[];
  readonly correctables: readonly Correctable[];
}

/** Who said what of an answer, and when. */
export function PastReviews({ reviews, correctables }: PastReviewsProps) {
  const t = useText(TEXTS);
  const format = useFormat();
  const say = useCorrectionWords(correctables);
  if (reviews.length === 0) return <p className={css['hint']}>{t('noReviews')}</p>;
  return (
    <ol className={css['reviews']} aria-label={t('reviews')}>
      {reviews.map(({ id, verdict, reason, actor, role, at, corrections, isShredded }, place) => (
        <li key={id}>
          <p className={css['said']}>
            <Badge tone={verdict === 'attested' ? 'good' : 'warn'}>{t(verdict)}</Badge>
            {place === 0 ? <Badge>{t('stands')}</Badge> : null}
            <span>{t('by', { actor, role: role ?? 'none' })}</span>
            <time dateTime={at}>{format.time(at)}</time>
          </p>
          {reason === null ? null : <p>{isReason(reason) ? t(reason) : t('unknownReason', { reason })}</p>}
          {isShredded ? <p className={css['hint']}>{t('shredded')}</p> : null}
          {corrections.length === 0 ? null : (
            <details className={css['boxes']}>
              <summary>{t('listed', { count: corrections.length })}</summary>
              <ul className={css['list']}>
                {corrections.map((correction, at) => (
                  <li key={at}>{say(correction)}</li>
                ))}
              </ul>
            </details>
          )}
        </li>
      ))}
    </ol>
  );
}
