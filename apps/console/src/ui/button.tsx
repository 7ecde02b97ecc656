import type { ButtonHTMLAttributes } from 'react';
import css from './ui.module.css';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'usual' | 'primary' | 'danger' | 'quiet';
}

const LOOKS = { usual: '', primary: css['primary'], danger: css['danger'], quiet: css['quiet'] };

/** React focuses what is to have the focus by itself, and leaves out the attribute by which a dialog that opens finds it. */
const markFirst = (button: HTMLButtonElement | null): void => {
  button?.setAttribute('autofocus', '');
};

export function Button({ look = 'usual', className, type = 'button', ...rest }: ButtonProps) {
  const ref = rest.autoFocus === true ? markFirst : undefined;
  return (
    <button
      ref={ref}
      type={type}
      className={[css['button'], LOOKS[look], className].filter(Boolean).join(' ')}
      {...rest}
    />
  );
}
