import { claimByHeader, defineModality } from '../modality';

/** One projection or one slice: X-ray, CT, MR, ultrasound, nuclear medicine. */
export const radiology = defineModality({
  id: 'radiology',
  title: 'Radiology, a single image',
  defaultTask: 'classify',
  dimensions: 2,
  claims: claimByHeader(2, [
    'CR',
    'DX',
    'CT',
    'MR',
    'US',
    'MG',
    'XA',
    'RF',
    'PT',
    'NM',
    'IO',
    'PX',
    'RG',
    'IVUS',
    'BMD',
  ]),
});
