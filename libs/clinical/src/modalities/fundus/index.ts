import { claimByHeader, defineModality } from '../modality';

/** A photograph of the back of the eye. */
export const fundus = defineModality({
  id: 'fundus',
  title: 'Fundus photograph',
  defaultTask: 'segment',
  dimensions: 2,
  claims: claimByHeader(2, ['OP'], {
    '1.2.840.10008.5.1.4.1.1.77.1.5.1': 'Ophthalmic Photography 8 Bit Image Storage',
    '1.2.840.10008.5.1.4.1.1.77.1.5.2': 'Ophthalmic Photography 16 Bit Image Storage',
    '1.2.840.10008.5.1.4.1.1.77.1.5.5': 'Wide Field Ophthalmic Photography Stereographic Projection Image Storage',
  }),
});
