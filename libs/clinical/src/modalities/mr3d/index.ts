import { claimByHeader, defineModality } from '../modality';

/** An MR series as one volume. */
export const mr3d = defineModality({
  id: 'mr3d',
  title: 'MR, a volume',
  defaultTask: 'measure',
  dimensions: 3,
  claims: claimByHeader(3, ['MR']),
});
