import { UPS_TAG, type WorkitemDataSet } from '@medserve/studies';

const code = (value: string, scheme: string, meaning: string): WorkitemDataSet => ({
  [UPS_TAG.codeValue]: { vr: 'SH', Value: [value] },
  [UPS_TAG.codingScheme]: { vr: 'SH', Value: [scheme] },
  [UPS_TAG.codeMeaning]: { vr: 'LO', Value: [meaning] },
});

/** PS3.16 CID 9231. */
export const IMAGE_PROCESSING = code('110001', 'DCM', 'Image Processing');
export const STATION = code('MEDSERVE', '99MEDSERVE', 'MedServe');

const OF_ROUTES: Readonly<Record<string, WorkitemDataSet>> = {
  [UPS_TAG.workitemCodes]: IMAGE_PROCESSING,
  [UPS_TAG.stationNames]: STATION,
};

/** The items of a sequence of codes that every workitem has which is the work of a route. */
export function codesOfRoutes(sequence: string): readonly WorkitemDataSet[] {
  const known = OF_ROUTES[sequence];
  return known === undefined ? [] : [known];
}
