import type { Decoded, ImageFacts, PatientIdentity, Picture } from '@medserve/clinical';
import type { DecodeLimits } from '../decode/limits';
import { tooLarge } from '../decode/refuse';
import { assembleVolume } from '../volume/assemble-volume';
import type { SliceInput } from '../volume/slice-input';
import { decodeFrame } from './decode-frame';
import { groupsOf, readDicomObject, type DicomObject } from './dicom-object';
import { keyOf, readGeometry } from './geometry';
import { decodedFrameBytes } from './pixel-format';
import { TAG } from './tags';

export interface DecodedDicom {
  readonly decoded: Decoded;
  readonly facts: ImageFacts;
  readonly identity: PatientIdentity;
  readonly warnings: readonly string[];
}

/**
 * Decodes one DICOM object: a picture; a volume where it has several frames that each say where they lie (enhanced
 * multi-frame objects); the middle frame, with a warning, of any other multi-frame object.
 *
 * @throws ServingError `unreadable_image`, `unsupported_transfer_syntax`, `too_large`, `cancelled`
 */
export async function decodeDicom(file: Buffer, limits: DecodeLimits, signal?: AbortSignal): Promise<DecodedDicom> {
  const object = readDicomObject(file, limits);
  const { frames } = object.format;
  const places = frames > 1 ? placesOf(object) : undefined;
  checkBytes(object, places?.length ?? 1, limits);
  if (places === undefined) return decodeMiddle(object);
  const slices: SliceInput[] = [];
  for (const [frame, geometry] of places.entries()) {
    signal?.throwIfAborted();
    slices.push({ picture: await pictureOf(object, frame), geometry, seriesKey: seriesKeyOf(object) });
  }
  const volume = assembleVolume(slices, limits);
  return { decoded: volume, facts: factsOf(object, volume), identity: object.identity, warnings: [] };
}

async function decodeMiddle(object: DicomObject): Promise<DecodedDicom> {
  const { frames } = object.format;
  const middle = frames > 1 ? Math.floor(frames / 2) : 0;
  const picture = await pictureOf(object, middle);
  const warnings =
    frames > 1
      ? [`Frame ${String(middle + 1)} of ${String(frames)} was taken: the frames have no positions in space.`]
      : [];
  return { decoded: picture, facts: factsOf(object, picture), identity: object.identity, warnings };
}

export interface DecodedSlice {
  /** Undefined where the object does not say where it lies. */
  readonly slice: SliceInput | undefined;
  readonly facts: ImageFacts;
  readonly identity: PatientIdentity;
  readonly frames: number;
}

/**
 * Decodes one file of a series as a slice.
 *
 * @param taken bytes of samples that the slices before it have taken of the limit
 */
export async function decodeSlice(file: Buffer, taken: number, limits: DecodeLimits): Promise<DecodedSlice> {
  const object = readDicomObject(file, limits);
  checkBytes(object, 1, limits, taken);
  const { frames } = object.format;
  const geometry = frames === 1 ? placeOf(object, 0) : undefined;
  const picture = await pictureOf(object, 0);
  return {
    slice: geometry === undefined ? undefined : { picture, geometry, seriesKey: seriesKeyOf(object) },
    facts: factsOf(object, picture),
    identity: object.identity,
    frames,
  };
}

function checkBytes({ format }: DicomObject, frames: number, limits: DecodeLimits, taken = 0): void {
  if (taken + frames * decodedFrameBytes(format) > limits.maxDecodedBytes) {
    throw tooLarge('The decoded pixels would take too much memory.', 'decoded', limits.maxDecodedBytes, 'bytes');
  }
}

async function pictureOf(object: DicomObject, index: number): Promise<Picture> {
  const { rows, columns } = object.format;
  const frame = await decodeFrame(object, index);
  const { pixelSpacing } = readGeometry(groupsOf(object, index));
  return {
    kind: 'picture',
    width: columns,
    height: rows,
    ...frame,
    ...(pixelSpacing === undefined ? {} : { spacingMm: pixelSpacing }),
  };
}

/** Where a frame lies; undefined when the header does not say it completely. */
function placeOf(object: DicomObject, frame: number): SliceInput['geometry'] | undefined {
  const { imagePositionPatient, imageOrientationPatient, pixelSpacing, ...rest } = readGeometry(
    groupsOf(object, frame),
  );
  if (imagePositionPatient === undefined || imageOrientationPatient === undefined || pixelSpacing === undefined)
    return undefined;
  return { imagePositionPatient, imageOrientationPatient, pixelSpacing, ...rest };
}

/** The places of all frames, when each has one of its own: a position that all share says nothing about a frame. */
function placesOf(object: DicomObject): SliceInput['geometry'][] | undefined {
  const { frames, channels } = object.format;
  if (channels !== 1 || object.dataSet.items(TAG.perFrameFunctionalGroups).length !== frames) return undefined;
  const places = Array.from({ length: frames }, (_, frame) => placeOf(object, frame));
  const isPlaced = places.every((place) => place !== undefined);
  const positions = new Set(places.map((place) => place?.imagePositionPatient.join(' ')));
  return isPlaced && positions.size > 1 ? places : undefined;
}

/** Slices of one series in one frame of reference share it (PS3.3 A.1.2.3, A.1.2.5). */
const seriesKeyOf = ({ dataSet }: DicomObject): string =>
  keyOf(dataSet.uid(TAG.seriesInstanceUid), dataSet.uid(TAG.frameOfReferenceUid));

function factsOf({ format, facts }: DicomObject, decoded: Decoded): ImageFacts {
  const { rows, columns, frames } = format;
  const isVolume = decoded.kind === 'volume';
  return {
    container: 'dicom',
    dimensions: isVolume ? 3 : 2,
    width: columns,
    height: rows,
    depth: isVolume ? decoded.slices : frames,
    channels: isVolume ? 1 : decoded.channels,
    dicom: facts,
  };
}
