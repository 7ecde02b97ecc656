import { tagOf } from '../../dicom/dictionary/dictionary';
import { copyElements } from '../../dicom/write/copy-elements';
import type { DataSetOut } from '../../dicom/write/element';
import { writeDataSet } from '../../dicom/write/write-data-set';
import { dcm } from '../codes/code';
import { codeItem } from '../codes/code-item';
import { dataSetOf, merged } from '../common/data-set-of';
import { groupsOfFrame, type SourceFrame } from '../common/source-image';
import { referenceTo, sopReference } from '../sr/content-item';

/** The first of a frame's data sets that has an attribute, with its bytes as they are: what lies where the source lies has its digits. */
function copied(frame: SourceFrame, ...keywords: readonly string[]): DataSetOut {
  return merged(
    ...keywords.map((keyword) => {
      const tag = tagOf(keyword) as number;
      const holder = groupsOfFrame(frame).find((group) => group.has(tag));
      return holder === undefined ? new Map<never, never>() : copyElements(holder, [tag]);
    }),
  );
}

export const planePosition = (frame: SourceFrame): DataSetOut =>
  dataSetOf({ PlanePositionSequence: [copied(frame, 'ImagePositionPatient')] });

export const planeOrientation = (frame: SourceFrame): DataSetOut =>
  dataSetOf({ PlaneOrientationSequence: [copied(frame, 'ImageOrientationPatient')] });

/** @param spacingMm between slices; absent where it is not one number */
export const pixelMeasures = (frame: SourceFrame, spacingMm: number | undefined): DataSetOut =>
  dataSetOf({
    PixelMeasuresSequence: [
      merged(copied(frame, 'PixelSpacing', 'SliceThickness'), dataSetOf({ SpacingBetweenSlices: spacingMm })),
    ],
  });

/** From which image a frame was made (PS3.3 C.7.6.16.2.6): pixel by pixel in the same place. */
export const derivation = (frame: SourceFrame): DataSetOut =>
  dataSetOf({
    DerivationImageSequence: [
      dataSetOf({
        DerivationCodeSequence: [codeItem(dcm('113076', 'Segmentation'))],
        SourceImageSequence: [
          merged(
            sopReference(referenceTo(frame)),
            dataSetOf({
              SpatialLocationsPreserved: 'YES',
              PurposeOfReferenceCodeSequence: [codeItem(dcm('121322', 'Source image for image processing operation'))],
            }),
          ),
        ],
      }),
    ],
  });

export const frameContent = (...indices: readonly number[]): DataSetOut =>
  dataSetOf({ FrameContentSequence: [dataSetOf({ DimensionIndexValues: indices })] });

/** The groups that all frames have alike, and how to tell: the bytes say it. */
export function shared(
  make: (frame: SourceFrame) => DataSetOut,
  frames: readonly SourceFrame[],
): DataSetOut | undefined {
  const [first, ...others] = frames.map(make);
  if (first === undefined) return undefined;
  const bytes = writeDataSet(first);
  return others.every((other) => writeDataSet(other).equals(bytes)) ? first : undefined;
}
