import { memo } from 'react';
import Markdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { useText } from '../i18n';
import { isWebLink } from './is-web-link';
import { TEXTS } from './messages';
import css from './models.module.css';

/** Below the headings of the page. */
const COMPONENTS: Components = {
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h6>{children}</h6>,
  h5: ({ children }) => <h6>{children}</h6>,
  h6: ({ children }) => <h6>{children}</h6>,
  a: ({ href, children }) =>
    isWebLink(href) ? (
      <a href={href} target="_blank" rel="noreferrer">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
  img: ({ alt }) => <Picture alt={alt} />,
  table: ({ children }) => <WideTable>{children}</WideTable>,
  // Lists of things done: their boxes cannot be ticked, so they say in a sign what they are.
  input: ({ checked }) => <span aria-hidden="true">{checked === true ? '☑ ' : '☐ '}</span>,
};

/** Nothing is fetched for a card: a picture is what it says of itself. */
function Picture({ alt }: { readonly alt: string | undefined }) {
  const t = useText(TEXTS);
  return <em>[{t('image', { alt: alt === undefined || alt === '' ? t('imageUnnamed') : alt })}]</em>;
}

function WideTable({ children }: { readonly children: React.ReactNode }) {
  const t = useText(TEXTS);
  return (
    <div className={css['cardTable']} tabIndex={0} role="region" aria-label={t('wideTable')}>
      <table>{children}</table>
    </div>
  );
}

/** Markdown (CommonMark and GitHub's tables); HTML in it is shown as the text that it is. */
export default memo(function RenderedCard({ card }: { readonly card: string }) {
  return (
    <div className={css['prose']}>
      <Markdown remarkPlugins={[remarkGfm]} components={COMPONENTS}>
        {card}
      </Markdown>
    </div>
  );
});
