import { Component, lazy, Suspense, type ReactNode } from 'react';
import { useText } from '../i18n';
import { Loading, Notice, Panel } from '../ui';
import { TEXTS } from './messages';
import type { ModelDetails } from './model-types';
import css from './models.module.css';

const RenderedCard = lazy(() => import('./rendered-card'));

/** Longer ones would hold up the page while they are laid out. */
const LONGEST_LAID_OUT = 64 * 1024;

/** What the package says of itself at length. */
export function CardPanel({ model: { card, cardState } }: { readonly model: ModelDetails }) {
  const t = useText(TEXTS);
  return (
    <Panel title={t('card')} className={css['card']}>
      {card === null ? (
        <p className={css['lead']}>{t(cardState === 'unavailable' ? 'cardUnavailable' : 'cardNone')}</p>
      ) : (
        <Card card={card} isCut={cardState === 'cut'} />
      )}
    </Panel>
  );
}

function Card({ card, isCut }: { readonly card: string; readonly isCut: boolean }) {
  const t = useText(TEXTS);
  const isLong = card.length > LONGEST_LAID_OUT;
  return (
    <>
      {isCut || isLong ? (
        <Notice tone="neutral">
          {isCut ? <p>{t('cardCut')}</p> : null}
          {isLong ? <p>{t('cardLong')}</p> : null}
        </Notice>
      ) : null}
      {isLong ? (
        <PlainCard card={card} />
      ) : (
        <OrPlain key={card} card={card} because={t('cardPlain')}>
          <Suspense fallback={<Loading />}>
            <RenderedCard card={card} />
          </Suspense>
        </OrPlain>
      )}
    </>
  );
}

/** The card as it was written. It scrolls by itself, so it can be reached with the keyboard. */
function PlainCard({ card }: { readonly card: string }) {
  const t = useText(TEXTS);
  return (
    <pre className={css['plain']} tabIndex={0} role="region" aria-label={t('card')}>
      {card}
    </pre>
  );
}

interface OrPlainProps {
  readonly card: string;
  readonly because: string;
  readonly children: ReactNode;
}

/** A card that cannot be laid out, such as one that is nested without end, is read as it was written. */
class OrPlain extends Component<OrPlainProps, { readonly hasFailed: boolean }> {
  override readonly state = { hasFailed: false };

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <>
        <Notice tone="neutral">
          <p>{this.props.because}</p>
        </Notice>
        <PlainCard card={this.props.card} />
      </>
    );
  }
}
