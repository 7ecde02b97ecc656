import { axisCode, vectors, type Picture, type Volume, type VolumeGeometry } from '@medserve/clinical';
import type { DecodedStudy, Placement } from '@medserve/imaging';
import type { ImageDescription } from './description';

/** How the image is laid out, in the coordinates that answers use. */
export function describeImage({ decoded, placement, window, isInverted }: DecodedStudy): ImageDescription {
  const shown = window ?? (decoded.kind === 'picture' ? decoded.window : undefined);
  return {
    ...(decoded.kind === 'picture' ? describePicture(decoded, placement) : describeVolume(decoded)),
    window:
      shown === undefined ? null : { center: shown.centre, width: shown.width, function: shown.shape ?? 'linear' },
    isInverted: isInverted ?? false,
  };
}

type Layout = Omit<ImageDescription, 'window' | 'isInverted'>;

function describePicture({ width, height, channels, spacingMm }: Picture, placement: Placement | undefined): Layout {
  return {
    kind: 'image',
    columns: width,
    rows: height,
    slices: 1,
    samplesPerPixel: channels,
    spacingMm: spacingMm === undefined ? null : { x: spacingMm.column, y: spacingMm.row, z: null },
    orientation: orientationOf(placement),
  };
}

function orientationOf({ plane, letters }: Placement = {}): ImageDescription['orientation'] {
  if (plane !== undefined) {
    const { origin, ...directions } = plane;
    return { ...lettersOf({ ...directions, spacingMm: { row: 1, column: 1 }, slicePositionsMm: [origin] }), z: null };
  }
  return letters === undefined ? null : { x: letters[0], y: letters[1], z: null };
}

function describeVolume({ columns, rows, slices, geometry }: Volume): Layout {
  const { spacingMm, slicePositionsMm, sliceThicknessMm } = geometry;
  const [first, last] = [slicePositionsMm[0], slicePositionsMm.at(-1)];
  const hasSteps = slices > 1 && first !== undefined && last !== undefined;
  const z = hasSteps ? vectors.length(vectors.subtract(last, first)) / (slices - 1) : (sliceThicknessMm ?? null);
  return {
    kind: 'volume',
    columns,
    rows,
    slices,
    samplesPerPixel: 1,
    spacingMm: { x: spacingMm.column, y: spacingMm.row, z },
    orientation: lettersOf(geometry),
  };
}

/** DICOM's words for what NIfTI tools call superior and inferior. */
const DICOM_LETTERS: Readonly<Record<string, string>> = { S: 'H', I: 'F' };

function lettersOf(geometry: VolumeGeometry): { readonly x: string; readonly y: string; readonly z: string } {
  const [x, y, z] = [0, 1, 2].map((axis) => {
    const letter = axisCode(geometry).charAt(axis);
    return DICOM_LETTERS[letter] ?? letter;
  }) as [string, string, string];
  return { x, y, z };
}
