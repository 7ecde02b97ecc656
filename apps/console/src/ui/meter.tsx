import css from './ui.module.css';

/** A share as a bar; the figure stands beside it, or in `label`. @param share 0 to 1 */
export function Meter({ share, label }: { readonly share: number; readonly label: string }) {
  const bounded = Math.min(1, Math.max(0, share));
  return (
    <span
      className={css['meter']}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={bounded}
    >
      <span className={css['meterFill']} style={{ width: `${String(bounded * 100)}%` }} />
    </span>
  );
}
