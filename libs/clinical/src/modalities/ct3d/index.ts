import { claimByHeader, defineModality } from '../modality';

/** A CT series as one volume, in Hounsfield units, with the geometry of its headers. */
export const ct3d = defineModality({
  id: 'ct3d',
  title: 'CT, a volume',
  defaultTask: 'measure',
  dimensions: 3,
  claims: claimByHeader(3, ['CT']),
});
