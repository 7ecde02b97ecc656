import { useId, type ReactNode } from 'react';
import css from './ui.module.css';

export interface PanelProps {
  readonly title: ReactNode;
  /** Stands at the end of the line of the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}

/** A part of a page with a heading of its own. */
export function Panel({ title, actions, children, className }: PanelProps) {
  const id = useId();
  return (
    <section className={[css['panel'], className].filter(Boolean).join(' ')} aria-labelledby={id}>
      <div className={css['actions']}>
        <h2 id={id}>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}
