import type { Prepared } from './prepared';
import type { Progress } from './ports';

type Tell = (progress: Progress) => void;

/**
 * Learns from what is told on the way how long a request waited for its model to be loaded: phase `load` of its times. Without
 * anybody to tell, progress is asked for only of a cold model, and only where it is expected to be loaded in time: who hears of
 * progress is let in to wait, and who cannot wait that long is better told so by the router.
 */
export function watchLoading(
  { times, loadMs }: Pick<Prepared, 'times' | 'loadMs'>,
  deadlineMs: number,
  tell: Tell | undefined,
): Tell | undefined {
  if (tell === undefined && (loadMs === undefined || loadMs > deadlineMs)) return undefined;
  let sinceMs: number | undefined;
  return (progress) => {
    if (progress.phase === 'loading') {
      sinceMs ??= performance.now();
    } else if (sinceMs !== undefined) {
      times.note('load', performance.now() - sinceMs);
      sinceMs = undefined;
    }
    tell?.(progress);
  };
}
