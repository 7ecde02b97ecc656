import type { ReactNode } from 'react';
import css from './ui.module.css';

/** Text for those who hear the page. */
export function Hidden({ children }: { readonly children: ReactNode }) {
  return <span className={css['hidden']}>{children}</span>;
}
