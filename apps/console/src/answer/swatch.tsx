import css from './answer.module.css';

/** The colour of a finding's mark. It helps; the label and the number say which one it is. */
export function Swatch({ colour }: { readonly colour: number }) {
  return <span className={css['swatch']} style={{ background: `var(--finding-${String(colour)})` }} aria-hidden />;
}
