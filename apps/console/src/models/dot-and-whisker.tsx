import type { Mark } from './measured';
import css from './models.module.css';

const percent = (share: number): string => `${String(share * 100)}%`;

/** A share and its interval on an axis from 0 to 1; the figures stand beside it. */
export function DotAndWhisker({ mark }: { readonly mark: Mark | undefined }) {
  if (mark === undefined) return null;
  const { at, low, high } = mark;
  return (
    <svg className={css['plot']} aria-hidden="true" focusable="false">
      {[0, 0.25, 0.5, 0.75, 1].map((tick) => (
        <line key={tick} className={css['tick']} x1={percent(tick)} x2={percent(tick)} y1="0" y2="100%" />
      ))}
      {low === undefined || high === undefined ? null : (
        <>
          <line className={css['whisker']} x1={percent(low)} x2={percent(high)} y1="50%" y2="50%" />
          <line className={css['whisker']} x1={percent(low)} x2={percent(low)} y1="30%" y2="70%" />
          <line className={css['whisker']} x1={percent(high)} x2={percent(high)} y1="30%" y2="70%" />
        </>
      )}
      <circle className={css['dot']} cx={percent(at)} cy="50%" r="4.5" />
    </svg>
  );
}
