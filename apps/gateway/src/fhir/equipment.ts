import type { Equipment } from '@medserve/interop';

/** This platform, as results name what made them. */
export const EQUIPMENT: Equipment = {
  manufacturer: 'MedServe',
  model: 'MedServe',
  version: '0.1.0',
  serial: 'MEDSERVE',
};
