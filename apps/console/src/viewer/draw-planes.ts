import { Niivue, NVImage, SHOW_RENDER, SLICE_TYPE } from '@niivue/niivue';
import type { Shades } from './grey-table';
import { planesRange } from './planes-range';

export type Layout = 'layoutAll' | 'layoutAxial' | 'layoutCoronal' | 'layoutSagittal' | 'layoutRender';

const LAYOUTS: Readonly<Record<Layout, SLICE_TYPE>> = {
  layoutAll: SLICE_TYPE.MULTIPLANAR,
  layoutAxial: SLICE_TYPE.AXIAL,
  layoutCoronal: SLICE_TYPE.CORONAL,
  layoutSagittal: SLICE_TYPE.SAGITTAL,
  layoutRender: SLICE_TYPE.RENDER,
};

/** Our map of greys for windows that are no straight line upwards. */
const OWN_GREYS = 'medserve-greys';

/** What is drawn: files of NIfTI-1 on one grid. */
export interface PlanesOf {
  readonly file: ArrayBuffer;
  readonly labels: ArrayBuffer | undefined;
  readonly shades: Shades;
  /** Colours of the labels 1, 2, 3 ..., as `#rrggbb`. */
  readonly palette: readonly string[];
}

export interface PlanesDrawing {
  show(layout: Layout): void;
  /** Moves the point where the planes cross, in samples. */
  move(x: number, y: number, z: number): void;
  /** Gives all that the graphics card holds back. */
  free(): void;
}

const channel = (palette: readonly string[], at: number): number[] => [
  0,
  ...palette.map((colour) => Number.parseInt(colour.slice(at, at + 2), 16) || 0),
];

/** Draws a volume in three planes and 3D by niivue, which needs WebGL 2 and nothing that the policy of the page forbids. */
export async function drawPlanes(
  canvas: HTMLCanvasElement,
  { file, labels, shades: wanted, palette }: PlanesOf,
): Promise<PlanesDrawing> {
  const niivue = new Niivue({
    backColor: [0, 0, 0, 1],
    crosshairColor: [0.34, 0.71, 0.91, 1],
    // Files dropped on the page are the page's.
    dragAndDropEnabled: false,
    // As the slices are read: the patient's right on the left.
    isRadiologicalConvention: true,
    isOrientCube: true,
    multiplanarShowRender: SHOW_RENDER.ALWAYS,
    loadingText: '',
    logLevel: 'silent',
  });
  await niivue.attachToCanvas(canvas, false);
  const image = await NVImage.loadFromUrl({ url: file, name: 'image.nii' });
  const { low, high, shades } = planesRange(wanted);
  if (shades !== undefined) {
    const grey = [...shades];
    // A large value is as dense in 3D as in niivue's own map of greys, however bright it is.
    const dense = grey.map((shade) => (wanted.isInverted ? 255 - shade : shade) / 2);
    niivue.addColormap(OWN_GREYS, { R: grey, G: grey, B: grey, A: dense, I: [...grey.keys()] });
    image.colormap = OWN_GREYS;
  }
  image.cal_min = low;
  image.cal_max = high;
  niivue.addVolume(image);
  if (labels !== undefined) {
    const overlay = await NVImage.loadFromUrl({ url: labels, name: 'labels.nii', opacity: 0.5 });
    overlay.setColormapLabel({
      R: channel(palette, 1),
      G: channel(palette, 3),
      B: channel(palette, 5),
      A: [0, ...palette.map(() => 255)],
      I: [0, ...palette.map((_, place) => place + 1)],
    });
    niivue.addVolume(overlay);
  }
  niivue.setSliceType(LAYOUTS.layoutAll);
  return {
    show: (layout) => {
      niivue.setSliceType(LAYOUTS[layout]);
    },
    move: (x, y, z) => {
      niivue.moveCrosshairInVox(x, y, z);
    },
    free: () => {
      niivue.cleanup();
      niivue.gl.getExtension('WEBGL_lose_context')?.loseContext();
    },
  };
}
