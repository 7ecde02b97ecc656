import type { Volume } from '../images/image-set';

/** Samples along an axis of a texture that every WebGL 2 with 3D can hold in practice (`MAX_3D_TEXTURE_SIZE`). */
const WIDEST = 2_048;

let hasWebgl: boolean | undefined;

function canDraw3d(): boolean {
  if (hasWebgl === undefined) {
    const context = document.createElement('canvas').getContext('webgl2');
    hasWebgl = context !== null;
    // Browsers allow few contexts at a time: this one is not kept.
    context?.getExtension('WEBGL_lose_context')?.loseContext();
  }
  return hasWebgl;
}

/** Why a volume cannot be shown in three planes and 3D; undefined: it can. */
export function noPlanes({ columns, rows, slices, samplesPerPixel }: Volume): 'flat' | 'tooWide' | undefined {
  if (slices < 2 || samplesPerPixel !== 1 || Math.max(columns, rows, slices) > WIDEST) return 'tooWide';
  return canDraw3d() ? undefined : 'flat';
}
