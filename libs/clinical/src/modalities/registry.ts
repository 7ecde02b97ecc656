import { ct3d } from './ct3d';
import { fundus } from './fundus';
import type { Modality } from './modality';
import { mr3d } from './mr3d';
import { pathology } from './pathology';
import { radiology } from './radiology';

/* One line a modality. */
const modalities: readonly Modality[] = [radiology, pathology, fundus, ct3d, mr3d];

export const MODALITIES: ReadonlyMap<string, Modality> = new Map(modalities.map((modality) => [modality.id, modality]));
