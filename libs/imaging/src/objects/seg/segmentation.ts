import type { RunLengthMask } from '@medserve/clinical';
import { tagOf } from '../../dicom/dictionary/dictionary';
import { copyElements } from '../../dicom/write/copy-elements';
import type { DataSetOut } from '../../dicom/write/element';
import { uidFrom } from '../../dicom/write/write-part10';
import { categoryOf } from '../codes/categories';
import { dcm, own } from '../codes/code';
import { codeItem, codingSchemes } from '../codes/code-item';
import { dataSetOf, lineOf, merged } from '../common/data-set-of';
import { LOSSY } from '../common/lossy';
import { momentOf } from '../common/moment';
import { resultObject, type ObjectName } from '../common/result-object';
import type { SourceFrame, SourceImage } from '../common/source-image';
import type { Finding, PlacedMask } from '../findings/finding';
import { holdsSomething } from '../findings/outlines';
import type { Algorithm } from '../sr/measurement-group';
import { sopReference } from '../sr/content-item';
import type { ResultInput, ResultObject } from '../result-input';
import { cieLab, colourOf } from './colours';
import { derivation, frameContent, pixelMeasures, planeOrientation, planePosition, shared } from './frame-groups';
import { packBits } from './pack-bits';
import { stackOf, type Stack } from './stack';
import type { WrittenSegment } from './written-segment';

/** Segments of one run on one stack of images. */
export interface SegmentationPlan {
  readonly name: ObjectName;
  readonly stack: Stack;
  readonly segments: readonly { readonly finding: Finding; readonly masks: readonly PlacedMask[] }[];
}

/** @returns undefined where nothing was outlined, or the images do not say where they lie */
export function planSegmentation(
  name: ObjectName,
  slices: readonly SourceFrame[],
  findings: readonly Finding[],
): SegmentationPlan | undefined {
  const segments = findings.flatMap((finding) => {
    const masks = finding.place.kind === 'masks' ? finding.place.masks.filter(({ mask }) => holdsSomething(mask)) : [];
    return masks.length === 0 ? [] : [{ finding, masks }];
  });
  const stack = segments.length === 0 ? undefined : stackOf(slices);
  return stack && { name, stack, segments };
}

/** The segments of a plan by the tracking UIDs of their findings. */
export function writtenSegments({ name, segments }: SegmentationPlan): [string, WrittenSegment][] {
  return segments.map(({ finding, masks }, index) => [
    finding.trackingUid,
    {
      reference: { sopClassUid: name.sopClassUid, sopInstanceUid: name.sopInstanceUid, segment: index + 1 },
      seriesUid: name.seriesUid,
      sources: imagesOf(masks.map(({ on }) => on)),
    },
  ]);
}

const imagesOf = (frames: readonly SourceFrame[]): SourceImage[] => [...new Set(frames.map(({ image }) => image))];

interface Frame {
  readonly on: SourceFrame;
  readonly mask: RunLengthMask;
  /** From 1. */
  readonly segment: number;
  /** Place of the source in the stack, from 1. */
  readonly position: number;
}

/**
 * A binary segmentation (PS3.3 A.51): a frame for each segment and slice that has something of it, on the grid of the source and with
 * its places; nothing is resampled.
 */
export function segmentation(
  { name, stack, segments }: SegmentationPlan,
  input: ResultInput,
  algorithm: Algorithm,
): ResultObject {
  const frames = framesOf(stack, segments);
  const [first] = stack.frames as [SourceFrame];
  const { image } = first;
  const { date, time } = momentOf(input.now, image.dataSet);
  return resultObject(
    name,
    image,
    input,
    merged(
      codingSchemes(),
      copyElements(image.dataSet, LOSSY),
      dataSetOf({
        ImageType: ['DERIVED', 'PRIMARY'],
        ContentDate: date,
        ContentTime: time,
        ContentLabel: 'AI_SEGMENTATION',
        ContentDescription: lineOf(`Outlined by ${algorithm.name} ${algorithm.version}`),
        ContentCreatorName: '',
        ReferencedSeriesSequence: [
          dataSetOf({
            SeriesInstanceUID: image.seriesUid,
            ReferencedInstanceSequence: imagesOf(stack.frames).map(sopReference),
          }),
        ],
        FrameOfReferenceUID: stack.frameOfReferenceUid,
        PositionReferenceIndicator: '',
        SegmentationType: 'BINARY',
        SegmentsOverlap: doOverlap(frames) ? 'YES' : 'NO',
        SegmentSequence: segments.map(({ finding }, index) => segmentItem(finding, index, algorithm)),
        SamplesPerPixel: 1,
        PhotometricInterpretation: 'MONOCHROME2',
        Rows: image.rows,
        Columns: image.columns,
        BitsAllocated: 1,
        BitsStored: 1,
        HighBit: 0,
        PixelRepresentation: 0,
        NumberOfFrames: frames.length,
        ...(image.dataSet.code(LOSSY[0] as number) === '01' ? {} : { LossyImageCompression: '00' }),
      }),
      dimensions(name.sopInstanceUid, stack),
      functionalGroups(frames, stack),
      new Map([[PIXEL_DATA, { vr: 'OB', bytes: packBits(frames.map(({ mask }) => mask)) }]]),
    ),
  );
}

const PIXEL_DATA = tagOf('PixelData') as number;

function framesOf(stack: Stack, segments: SegmentationPlan['segments']): Frame[] {
  const positions = new Map(stack.frames.map((frame, index) => [keyOf(frame), index + 1]));
  return segments.flatMap(({ masks }, index) =>
    masks
      .map(({ on, mask }) => ({ on, mask, segment: index + 1, position: positions.get(keyOf(on)) as number }))
      .sort((one, other) => one.position - other.position),
  );
}

const keyOf = ({ image, number = 1 }: SourceFrame): string => `${image.sopInstanceUid} ${String(number)}`;

function segmentItem(finding: Finding, index: number, algorithm: Algorithm): DataSetOut {
  const label = finding.label ?? own('label', finding.title);
  return dataSetOf({
    SegmentNumber: index + 1,
    SegmentLabel: lineOf(finding.title),
    SegmentAlgorithmType: 'AUTOMATIC',
    SegmentAlgorithmName: lineOf(algorithm.name),
    SegmentationAlgorithmIdentificationSequence: [
      dataSetOf({
        AlgorithmFamilyCodeSequence: [codeItem(dcm('123110', 'Artificial Intelligence'))],
        AlgorithmName: lineOf(algorithm.name),
        AlgorithmVersion: lineOf(algorithm.version),
        AlgorithmParameters: algorithm.digest,
      }),
    ],
    SegmentedPropertyCategoryCodeSequence: [codeItem(finding.category ?? categoryOf(label))],
    SegmentedPropertyTypeCodeSequence: [codeItem(label)],
    TrackingID: finding.trackingId,
    TrackingUID: finding.trackingUid,
    RecommendedDisplayCIELabValue: cieLab(colourOf(index)),
  });
}

/** Segments first, then slices along the normal (PS3.3 C.7.6.17). */
function dimensions(sopInstanceUid: string, { isParallel }: Stack): DataSetOut {
  const organization = uidFrom('dimensions', sopInstanceUid);
  const index = (pointer: string, group: string, label: string): DataSetOut =>
    dataSetOf({
      DimensionOrganizationUID: organization,
      DimensionIndexPointer: tagOf(pointer),
      FunctionalGroupPointer: tagOf(group),
      DimensionDescriptionLabel: label,
    });
  return dataSetOf({
    DimensionOrganizationSequence: [dataSetOf({ DimensionOrganizationUID: organization })],
    DimensionOrganizationType: isParallel ? '3D' : undefined,
    DimensionIndexSequence: [
      index('ReferencedSegmentNumber', 'SegmentIdentificationSequence', 'Segment'),
      index('ImagePositionPatient', 'PlanePositionSequence', 'Position'),
    ],
  });
}

function functionalGroups(frames: readonly Frame[], stack: Stack): DataSetOut {
  const measures = (frame: SourceFrame): DataSetOut => pixelMeasures(frame, stack.spacingMm);
  const [sharedOrientation, sharedMeasures] = [shared(planeOrientation, stack.frames), shared(measures, stack.frames)];
  return dataSetOf({
    SharedFunctionalGroupsSequence: [
      merged(...[sharedOrientation, sharedMeasures].filter((group) => group !== undefined)),
    ],
    PerFrameFunctionalGroupsSequence: frames.map(({ on, segment, position }) =>
      merged(
        derivation(on),
        frameContent(segment, position),
        planePosition(on),
        ...(sharedOrientation === undefined ? [planeOrientation(on)] : []),
        ...(sharedMeasures === undefined ? [measures(on)] : []),
        dataSetOf({ SegmentIdentificationSequence: [dataSetOf({ ReferencedSegmentNumber: segment })] }),
      ),
    ),
  });
}

/** Whether a pixel belongs to two segments. */
function doOverlap(frames: readonly Frame[]): boolean {
  const byPosition = new Map<number, Frame[]>();
  for (const frame of frames) byPosition.set(frame.position, [...(byPosition.get(frame.position) ?? []), frame]);
  return [...byPosition.values()].some((together) => {
    const packed = together.map(({ mask }) => packBits([mask]));
    const seen = Buffer.alloc(packed[0]?.length ?? 0);
    return packed.some((bits) =>
      bits.some((byte, at) => {
        const isTwice = (byte & (seen[at] as number)) !== 0;
        seen[at] = byte | (seen[at] as number);
        return isTwice;
      }),
    );
  });
}
