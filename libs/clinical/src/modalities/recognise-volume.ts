import type { Volume } from '../pixels/picture';
import { canBeHounsfield } from './ct3d/can-be-hounsfield';
import type { PixelVerdict } from './decide-modality';

/**
 * Holds the values of a volume against what the caller declared it to be. Hounsfield units are needed for CT and unusual for
 * anything else, so CT can be confirmed and refused by values, MR only confirmed.
 */
export function recogniseVolume(volume: Volume, declared: string | undefined): PixelVerdict {
  const canBeCt = canBeHounsfield(volume);
  if (declared === 'ct3d') {
    return canBeCt
      ? { kind: 'recognised', modality: 'ct3d', score: 1, why: 'Its values can be Hounsfield units, as declared.' }
      : { kind: 'contradicted', detail: 'the values of the volume cannot be Hounsfield units' };
  }
  if (declared !== 'mr3d' || canBeCt) return { kind: 'unclear' };
  const why = 'Its values cannot be Hounsfield units, so it is no CT; MR was declared.';
  return { kind: 'recognised', modality: 'mr3d', score: 1, why };
}
