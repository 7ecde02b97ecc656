import {
  decideModality,
  MODALITIES,
  recogniseVolume,
  type Modality,
  type ModalityDecision,
  type PixelVerdict,
} from '@medserve/clinical';
import { toServingError } from '@medserve/errors';
import type { DecodedStudy } from '@medserve/imaging';

/** What an image may be declared as, without a contradiction to what is known of it. */
export function choicesOf({ facts, decoded }: DecodedStudy, pictured: PixelVerdict | undefined): readonly Modality[] {
  const couldBe = ({ id, dimensions }: Modality): boolean => {
    if (dimensions !== facts.dimensions) return false;
    const pixels = decoded.kind === 'volume' ? recogniseVolume(decoded, id) : pictured;
    return isDecided(() => decideModality({ facts, declared: id, allowMismatch: false, pixels }));
  };
  return [...MODALITIES.values()].filter(couldBe);
}

function isDecided(decide: () => ModalityDecision): boolean {
  try {
    return decide().kind === 'decided';
  } catch (thrown) {
    if (toServingError(thrown).reason === 'modality_mismatch') return false;
    throw thrown;
  }
}
