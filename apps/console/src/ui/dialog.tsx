import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';
import css from './ui.module.css';

export interface DialogProps {
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** Absent: it cannot be left but by what is in it. */
  readonly onClose?: () => void;
}

/** A question before anything else; it holds the focus until it is answered. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Closed while it still stands in the page: only then does the browser give the focus back to what had it.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      shown?.close();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={css['dialog']}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClose={() => {
        // A browser lets nobody be held: it closes at the second Escape, whatever is made of the first.
        if (dialog.current?.open !== false) return;
        if (onClose === undefined) dialog.current.showModal();
        else onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
