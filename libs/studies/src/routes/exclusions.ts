import type { InstanceFacts } from '../study-facts';
import type { Exclusion } from './route-schema';

/** PS3.6, table A-1: the classes whose objects hold no image of the patient, by what their UIDs begin with. */
const NO_IMAGES = [
  '1.2.840.10008.5.1.4.1.1.88.', // structured reports, key objects, dose reports
  '1.2.840.10008.5.1.4.1.1.11.', // presentation states
  '1.2.840.10008.5.1.4.1.1.66', // raw data, registrations, fiducials, segmentations, surfaces
  '1.2.840.10008.5.1.4.1.1.104.', // encapsulated documents
  '1.2.840.10008.5.1.4.1.1.9.', // waveforms
  '1.2.840.10008.5.1.4.1.1.481.', // radiotherapy
  '1.2.840.10008.5.1.4.1.1.30', // parametric maps
];
const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';

/** Values of Image Type (PS3.3, C.8) of images that were computed from others: reformats, projections, maps. */
const COMPUTED = [
  'MPR',
  'MIP',
  'MINIP',
  'REFORMATTED',
  'PROJECTION IMAGE',
  'VOLREND',
  'CSA RESAMPLED',
  'ADC',
  'SUBTRACTION',
];

const isOf = (sopClass: string, root: string): boolean => sopClass === root || sopClass.startsWith(`${root}.`);

/** Whether it has pixels that a model for images could read. */
export const isImage = ({ sopClassUid, frames }: InstanceFacts): boolean =>
  frames > 0 && !NO_IMAGES.some((root) => sopClassUid.startsWith(root));

/**
 * PS3.3, C.7.6.1.1.2: value 1 of Image Type says whether pixels were derived, value 2 whether that was after the examination. An image
 * that was only compressed is DERIVED\PRIMARY, and counts as none.
 */
const isDerived = ({ imageType: [pixels, patient, ...more] }: InstanceFacts): boolean =>
  pixels === 'DERIVED' && (patient === 'SECONDARY' || more.some((one) => COMPUTED.includes(one)));

const CHECKS: Readonly<Record<Exclusion, (instance: InstanceFacts) => boolean>> = {
  localizer: ({ imageType }) => imageType.includes('LOCALIZER'),
  derived: isDerived,
  'secondary-capture': ({ sopClassUid }) => isOf(sopClassUid, SECONDARY_CAPTURE),
};

/** What takes an image out of a series, if anything. */
export const excludedBy = (instance: InstanceFacts, exclusions: readonly Exclusion[]): Exclusion | undefined =>
  exclusions.find((one) => CHECKS[one](instance));
