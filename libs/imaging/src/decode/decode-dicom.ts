import type { Decoded, ImageFacts, PatientIdentity, Picture, SliceSource, Window } from '@medserve/clinical';
import type { DecodeLimits } from '../limits';
import { assembleVolume } from '../volume/assemble-volume';
import { readDicomObject, type DicomObject } from '../dicom/dicom-object';
import { chosenFrame } from '../slide/chosen-frame';
import { decodeSlide, isSlide } from '../slide/decode-slide';
import { regionWithoutSlide } from '../slide/refuse-view';
import type { View, Viewed } from '../slide/view';
import { checkBytes, pictureOf } from '../dicom/picture-of';
import { placementOf, type Placement } from '../dicom/placement';
import { concatenationPartOf, missingParts } from '../dicom/concatenation';
import { placedFrames } from '../dicom/read-slice';
import type { PlacedContext } from '../dicom/study-context';

export interface DecodedDicom {
  readonly decoded: Decoded;
  /** Of a volume. */
  readonly window?: Window;
  /** Of a volume: its smaller values are shown brighter. */
  readonly isInverted?: true;
  /** Of a picture. */
  readonly placement?: Placement;
  readonly facts: ImageFacts;
  readonly identity: PatientIdentity;
  readonly context: PlacedContext['context'];
  readonly warnings: readonly string[];
  /** Of a volume: the frame that each slice is. */
  readonly slices?: readonly SliceSource[];
  /** Of one frame of several, or a slide: what of it the picture shows. */
  readonly viewed?: Viewed;
}

/**
 * Decodes one DICOM object: a picture; the frame that was asked for; a region of a slide; a volume where it has several frames that
 * each say where they lie (enhanced multi-frame objects); the middle frame, with a warning, of any other multi-frame object.
 *
 * @throws ServingError `unreadable_image`, `unsupported_transfer_syntax`, `mixed_series`, `too_large`, `cancelled`,
 *   `invalid_request` for a view that does not fit
 */
export async function decodeDicom(
  file: Buffer,
  limits: DecodeLimits,
  signal?: AbortSignal,
  view: View = {},
): Promise<DecodedDicom> {
  const object = readDicomObject(file, limits);
  if (view.frame !== undefined) return decodeChosen(object, chosenFrame(view.frame, object.format.frames), limits);
  if (isSlide(object)) {
    const { picture, ...shown } = await decodeSlide(object, view.region, limits, signal);
    return { ...aboutPicture(object, picture, 0), ...shown };
  }
  if (view.region !== undefined) throw regionWithoutSlide();
  const slices = placedFrames(object, 0);
  checkBytes(object, slices?.length ?? 1, limits);
  if (slices === undefined) return decodeMiddle(object);
  const { volume, sources, warnings, ...assembled } = await assembleVolume(slices, limits, signal);
  const { identity, context } = object;
  const part = concatenationPartOf(object.dataSet, object.format.frames);
  return {
    decoded: volume,
    facts: factsOf(object, volume),
    identity,
    context,
    slices: sources,
    ...assembled,
    warnings: [...missingParts(part === undefined ? [] : [part]), ...warnings],
  };
}

async function decodeMiddle(object: DicomObject): Promise<DecodedDicom> {
  const { frames } = object.format;
  const middle = frames > 1 ? Math.floor(frames / 2) : 0;
  const picture = await pictureOf(object, middle);
  const warnings =
    frames > 1
      ? [`Frame ${String(middle + 1)} of ${String(frames)} was taken: the frames have no positions in space.`]
      : [];
  return { ...aboutPicture(object, picture, middle), warnings };
}

/** The frame that the caller chose, from 1. */
async function decodeChosen(object: DicomObject, frame: number, limits: DecodeLimits): Promise<DecodedDicom> {
  checkBytes(object, 1, limits);
  return { ...aboutPicture(object, await pictureOf(object, frame - 1), frame - 1), viewed: { frame } };
}

function aboutPicture(object: DicomObject, picture: Picture, frame: number): DecodedDicom {
  const { identity, context } = object;
  const placement = placementOf(object, frame);
  return {
    decoded: picture,
    ...(placement && { placement }),
    facts: factsOf(object, picture),
    identity,
    context,
    warnings: [],
  };
}

function factsOf({ format, facts }: DicomObject, decoded: Decoded): ImageFacts {
  const { rows, columns, frames } = format;
  const isVolume = decoded.kind === 'volume';
  return {
    container: 'dicom',
    dimensions: isVolume ? 3 : 2,
    width: isVolume ? columns : decoded.width,
    height: isVolume ? rows : decoded.height,
    depth: isVolume ? decoded.slices : frames,
    channels: isVolume ? 1 : decoded.channels,
    dicom: facts,
  };
}
