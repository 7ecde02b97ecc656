import { sct, type Code } from './code';

/** Finding sites by Body Part Examined (PS3.16 annex L): where in the body the images were taken. */
const SITES: Readonly<Record<string, Code>> = {
  ABDOMEN: sct('818981001', 'Abdomen'),
  BRAIN: sct('12738006', 'Brain'),
  BREAST: sct('76752008', 'Breast'),
  CHEST: sct('816094009', 'Chest'),
  HEAD: sct('69536005', 'Head'),
  LUNG: sct('39607008', 'Lung'),
};

export const siteOf = (bodyPart: string | undefined): Code | undefined =>
  bodyPart === undefined ? undefined : SITES[bodyPart];
