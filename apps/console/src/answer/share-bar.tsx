import { useFormat } from '../i18n';
import { Meter } from '../ui';
import css from './answer.module.css';

export interface ShareBarProps {
  /** 0 to 1. */
  readonly share: number;
  readonly label: string;
  /** Where a model begins to doubt: drawn as a tick. */
  readonly threshold?: number | undefined;
}

/** A share as a bar, with the figure beside it. */
export function ShareBar({ share, label, threshold }: ShareBarProps) {
  const format = useFormat();
  return (
    <>
      <span className={css['bar']}>
        <Meter share={share} label={label} />
        {threshold === undefined ? null : (
          <span
            className={css['tick']}
            style={{ insetInlineStart: `${String(Math.min(1, Math.max(0, threshold)) * 100)}%` }}
          />
        )}
      </span>
      <span className={css['share']}>{format.percent(share)}</span>
    </>
  );
}
