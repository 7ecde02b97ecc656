import type { Description } from '../api';
import { CT_PRESETS, type WindowLevel } from './window-level';

type Told = Pick<Description, 'modality'>;

/** Whether the values of an image are Hounsfield units: those of CT are, whether it is one slice or many. */
export const isCt = ({ modality }: Told): boolean =>
  modality.served === 'ct3d' || modality.detail['dicomModality'] === 'CT';

/** Body parts (DICOM PS3.16 CID 4031) that are first read in another window than soft tissue's. */
const FIRST_OF: Readonly<Record<string, (typeof CT_PRESETS)[number]['name']>> = { HEAD: 'brain', BRAIN: 'brain' };

/** The window that CT of this body part is first read in; undefined of anything but CT. */
export function ctWindow(told: Told): WindowLevel | undefined {
  if (!isCt(told)) return undefined;
  const part = told.modality.detail['bodyPart'];
  const wanted = typeof part === 'string' && Object.hasOwn(FIRST_OF, part) ? FIRST_OF[part] : 'softTissue';
  const preset = CT_PRESETS.find(({ name }) => name === wanted);
  return preset && { center: preset.center, width: preset.width };
}
