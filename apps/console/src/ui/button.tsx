import type { ButtonHTMLAttributes, MouseEvent } from 'react';
import css from './ui.module.css';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'usual' | 'primary' | 'danger' | 'quiet';
  /** Cannot be pressed for now. It keeps the focus, which `disabled` takes from who pressed it (WCAG 2.2, 2.4.3). */
  readonly isOff?: boolean;
}

const LOOKS = { usual: '', primary: css['primary'], danger: css['danger'], quiet: css['quiet'] };

/** React focuses what is to have the focus by itself, and leaves out the attribute by which a dialog that opens finds it. */
const markFirst = (button: HTMLButtonElement | null): void => {
  button?.setAttribute('autofocus', '');
};

/** Nothing comes of it, be it by itself or for the form that it is in. */
const nothing = (event: MouseEvent): void => {
  event.preventDefault();
};

export function Button({ look = 'usual', className, type = 'button', isOff = false, ...rest }: ButtonProps) {
  const ref = rest.autoFocus === true ? markFirst : undefined;
  return (
    <button
      ref={ref}
      type={type}
      className={[css['button'], LOOKS[look], className].filter(Boolean).join(' ')}
      {...rest}
      {...(isOff ? { 'aria-disabled': true, onClick: nothing } : {})}
    />
  );
}
