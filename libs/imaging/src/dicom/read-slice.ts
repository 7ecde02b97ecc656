import type { ImageFacts, PatientIdentity, SliceSource } from '@medserve/clinical';
import type { DecodeLimits } from '../limits';
import type { SliceInput } from '../volume/slice-input';
import { readDicomObject, type DicomObject } from './dicom-object';
import { concatenationPartOf, type ConcatenationPart } from './concatenation';
import { groupsOf } from './functional-groups';
import { keyOf, readGeometry } from './geometry';
import { checkBytes, pictureOf } from './picture-of';
import { decodedFrameBytes } from './pixel-format';
import type { PlacedContext } from './study-context';
import { TAG } from './tags';

export interface ReadSlices {
  /** A slice a frame; undefined where the object does not say where each of them lies. */
  readonly slices: readonly [SliceInput, ...SliceInput[]] | undefined;
  /** Of one slice. */
  readonly facts: ImageFacts;
  readonly identity: PatientIdentity;
  readonly context: PlacedContext['context'];
  readonly frames: number;
  readonly part: ConcatenationPart | undefined;
}

/**
 * Reads the header of one file of a series. Its pixels are decoded when they are asked for; until then nothing but the file's bytes
 * is held of a single slice, so its header is read once more. Of several frames, the header of which says where each lies, it is kept.
 *
 * @param input place of the file among those that were sent
 * @throws ServingError `unreadable_image`, `unsupported_transfer_syntax`, `too_large`
 */
export function readSlices(file: Buffer, input: number, limits: DecodeLimits): ReadSlices {
  const object = readDicomObject(file, limits);
  const { rows, columns, frames } = object.format;
  checkBytes(object, frames, limits);
  const decode: SliceInput['decode'] = () => pictureOf(readDicomObject(file, limits), 0, { isMeasured: true });
  return {
    slices: frames === 1 ? alone(sliceOf(object, 0, { input }, decode)) : placedFrames(object, input),
    facts: {
      container: 'dicom',
      dimensions: 2,
      width: columns,
      height: rows,
      depth: frames,
      channels: channelsOf(object),
      dicom: object.facts,
    },
    identity: object.identity,
    context: object.context,
    frames,
    part: concatenationPartOf(object.dataSet, frames),
  };
}

const alone = (slice: SliceInput | undefined): ReadSlices['slices'] => slice && [slice];

/** All frames as slices, when each has a place of its own: a position that all share says nothing about a frame. */
export function placedFrames(object: DicomObject, input: number): ReadSlices['slices'] {
  const { frames } = object.format;
  const isEnhanced = object.dataSet.items(TAG.perFrameFunctionalGroups).length === frames;
  if (frames === 1 || object.format.channels !== 1 || !isEnhanced) return undefined;
  const slices = Array.from({ length: frames }, (_, frame) =>
    sliceOf(object, frame, { input, frame: frame + 1 }, () => pictureOf(object, frame, { isMeasured: true })),
  ).filter((slice) => slice !== undefined);
  const positions = new Set(slices.map(({ geometry }) => geometry.imagePositionPatient.join(' ')));
  const [first, ...others] = slices;
  return first !== undefined && slices.length === frames && positions.size > 1 ? [first, ...others] : undefined;
}

/** A frame as a slice; undefined when the header does not say completely where it lies. */
function sliceOf(
  object: DicomObject,
  frame: number,
  source: SliceSource,
  decode: SliceInput['decode'],
): SliceInput | undefined {
  const { dataSet, format } = object;
  const groups = groupsOf(object, frame);
  const { imagePositionPatient, imageOrientationPatient, pixelSpacing, ...rest } = readGeometry(groups);
  if (imagePositionPatient === undefined || imageOrientationPatient === undefined || pixelSpacing === undefined)
    return undefined;
  const acquisitionNumber = dataSet.decimal(TAG.acquisitionNumber);
  const stack = groups.find((group) => group.has(TAG.stackId))?.text(TAG.stackId);
  const timePoint =
    groups.find((group) => group.has(TAG.temporalPositionIndex))?.uint32(TAG.temporalPositionIndex) ??
    dataSet.decimal(TAG.temporalPositionIdentifier);
  return {
    size: { rows: format.rows, columns: format.columns },
    channels: channelsOf(object),
    decodedBytes: decodedFrameBytes(format),
    geometry: { imagePositionPatient, imageOrientationPatient, pixelSpacing, ...rest },
    source,
    seriesKey: seriesKeyOf(object),
    ...(acquisitionNumber === undefined ? {} : { acquisitionNumber }),
    ...(timePoint === undefined ? {} : { timePoint }),
    ...(stack === undefined ? {} : { stack }),
    // The third value of Image Type (PS3.3 C.8.2.1.1.1 of CT, C.8.3.1.1.1 of MR).
    isLocalizer: dataSet.code(TAG.imageType, 2) === 'LOCALIZER',
    decode,
  };
}

const channelsOf = ({ format }: DicomObject): 1 | 3 => (format.photometric === 'PALETTE COLOR' ? 3 : format.channels);

/** Slices of one series in one frame of reference share it (PS3.3 A.1.2.3, A.1.2.5). */
const seriesKeyOf = ({ dataSet }: DicomObject): string =>
  keyOf(dataSet.uid(TAG.seriesInstanceUid), dataSet.uid(TAG.frameOfReferenceUid));
