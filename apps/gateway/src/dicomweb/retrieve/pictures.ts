import type { KeptInstance } from '@medserve/archive';
import { ServingError, toServingError } from '@medserve/errors';
import { isImageClass, TRANSFER_SYNTAXES, type RenderedType } from '@medserve/imaging';
import type { DicomWebParts } from '../dicom-web';
import { THUMBNAIL_TRIES } from '../limits';
import type { AnswerPart } from '../multipart/write-parts';
import type { Look } from './parse-rendering';
import { orNotAcceptable } from './unmakeable';

type Parts = Pick<DicomWebParts, 'archive' | 'pool'>;

/** What a picture is to be made of. */
export interface Shot {
  readonly instance: KeptInstance;
  /** From 1. */
  readonly frame: number;
}

/** How pictures are to look, and the type of their files. */
export type PictureLook = Look & { readonly type: RenderedType };

export interface MadePicture extends AnswerPart {
  readonly instance: KeptInstance;
  readonly body: Uint8Array;
}

/** What lies in the instance, not in how the platform is doing: `invalid_request` is a region that lies outside of this image. */
const LEFT_OUT: ReadonlySet<string> = new Set(['not_acceptable', 'too_large', 'invalid_request']);

/**
 * An image file.
 *
 * @throws ServingError `not_acceptable` where the instance has no pixels that can be read; `not_found` for a frame that is not there;
 *   `too_large`; `invalid_request` for a region outside of the image; `overloaded`; `cancelled` once `signal` aborts
 */
export async function makePicture(
  { archive, pool }: Parts,
  { instance, frame }: Shot,
  look: PictureLook,
  signal: AbortSignal,
): Promise<MadePicture> {
  const reading = () => archive.open(instance).read();
  const body = await orNotAcceptable(pool.rendered(reading, { ...look, frame }, signal));
  return { instance, contentType: look.type, body };
}

/**
 * Image files one by one, of all that is asked for: frames are told apart by their order only, so none is left out. The one of the
 * highest number is made before the first leaves: where that frame is not there, the answer is still a refusal.
 */
export async function* everyPicture(
  parts: Parts,
  shots: readonly Shot[],
  look: PictureLook,
  signal: AbortSignal,
): AsyncGenerator<MadePicture> {
  const highest = shots.reduce((one, other) => (other.frame > one.frame ? other : one));
  const made = await makePicture(parts, highest, look, signal);
  for (const shot of shots) yield shot === highest ? made : await makePicture(parts, shot, look, signal);
}

/**
 * The same, without what no picture can be made of: a study also holds reports, waveforms and presentation states, and now and then
 * an image that is damaged.
 *
 * @throws ServingError where none can be made: why it failed, the words about an image before those about what is none
 */
export async function* possiblePictures(
  parts: Parts,
  shots: readonly Shot[],
  look: PictureLook,
  signal: AbortSignal,
): AsyncGenerator<MadePicture, void> {
  let isAny = false;
  let refused: ServingError | undefined;
  for (const shot of shots) {
    const made = await makePicture(parts, shot, look, signal).catch(toServingError);
    if (!(made instanceof ServingError)) {
      isAny = true;
      yield made;
    } else if (!LEFT_OUT.has(made.reason)) throw made;
    else if (refused === undefined || refused.reason === 'not_acceptable') refused = made;
  }
  if (!isAny && refused !== undefined) throw refused;
}

/**
 * The order in which instances are tried for a thumbnail: images before what has pixels at most now and then, and of each those
 * nearest to the middle, as they are most likely to show something. What cannot be decoded is not read for it, and of a whole study
 * only so many are.
 *
 * @throws ServingError `not_acceptable` where none can be decoded
 */
export function forThumbnail(instances: readonly KeptInstance[]): KeptInstance[] {
  const decodable = instances.filter(
    ({ transferSyntaxUid }) => TRANSFER_SYNTAXES.get(transferSyntaxUid)?.codec !== undefined,
  );
  if (decodable.length === 0) {
    throw new ServingError('not_acceptable', 'No pixels can be decoded here in the transfer syntax of the instances.', {
      field: 'Accept',
    });
  }
  const images = decodable.filter(({ sopClassUid }) => isImageClass(sopClassUid));
  const others = decodable.filter(({ sopClassUid }) => !isImageClass(sopClassUid));
  return [...fromTheMiddle(images), ...fromTheMiddle(others)].slice(0, THUMBNAIL_TRIES);
}

function fromTheMiddle<T>(items: readonly T[]): T[] {
  const middle = Math.floor(items.length / 2);
  return items
    .map((item, index) => ({ item, distance: Math.abs(index - middle) }))
    .sort((one, other) => one.distance - other.distance)
    .map(({ item }) => item);
}
