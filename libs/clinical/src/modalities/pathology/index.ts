import { claimByHeader, defineModality } from '../modality';

/** Stained tissue or cells under a light microscope; whole slides and single fields. */
export const pathology = defineModality({
  id: 'pathology',
  title: 'Pathology, a microscope image',
  defaultTask: 'measure',
  dimensions: 2,
  claims: claimByHeader(2, ['SM', 'GM'], {
    '1.2.840.10008.5.1.4.1.1.77.1.2': 'VL Microscopic Image Storage',
    '1.2.840.10008.5.1.4.1.1.77.1.3': 'VL Slide-Coordinates Microscopic Image Storage',
    '1.2.840.10008.5.1.4.1.1.77.1.6': 'VL Whole Slide Microscopy Image Storage',
  }),
});
