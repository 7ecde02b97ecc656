import type { ReactNode } from 'react';
import css from './ui.module.css';

export type Tone = 'neutral' | 'good' | 'warn' | 'bad';

/** A state in a word. The word says it; the colour only helps. */
export function Badge({ tone = 'neutral', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={`${css['badge'] ?? ''} ${css[tone] ?? ''}`}>{children}</span>;
}
