import { TRANSFER_SYNTAXES, type Codec } from '@medserve/imaging';
import { ANY, isTaken, type Accepted } from '../media/accept';

export const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const DICOM = 'application/dicom';
const OCTETS = 'application/octet-stream';

/** How an instance leaves: as it is stored, or in explicit VR little endian. */
export type InstanceForm = 'stored' | 'explicit';

/** The ranges that DICOM files are in, and whether they come as parts or, of one instance, as the whole body. */
export interface FileWish {
  readonly isMultipart: boolean;
  readonly transferSyntax: string | undefined;
}

/** @param isSingle whether one instance is asked for */
export const fileWishes = (accepted: readonly Accepted[], isSingle: boolean): FileWish[] =>
  accepted
    .filter((range) => isTaken(range, DICOM, range.isMultipart || range.isAny))
    .filter(({ isMultipart, isAny }) => isMultipart || isAny || isSingle)
    .map(({ isMultipart, isAny, transferSyntax }) => ({ isMultipart: isMultipart || isAny, transferSyntax }));

/**
 * How an instance of this transfer syntax leaves for a wish; undefined where it cannot. Without a word about it, the default is
 * explicit VR little endian (PS3.18 8.7.3.5.2).
 */
export function formOf(stored: string, { transferSyntax }: FileWish): InstanceForm | undefined {
  if (transferSyntax === '*' || transferSyntax === stored) return 'stored';
  if ((transferSyntax ?? EXPLICIT_VR_LITTLE_ENDIAN) !== EXPLICIT_VR_LITTLE_ENDIAN) return undefined;
  if (stored === EXPLICIT_VR_LITTLE_ENDIAN) return 'stored';
  return TRANSFER_SYNTAXES.get(stored)?.codec === undefined ? undefined : 'explicit';
}

/** The media types of codestreams (PS3.18 table 8.7.3-4). */
const CODESTREAMS: Readonly<Record<Exclude<Codec, 'native'>, string>> = {
  rle: 'image/dicom-rle',
  jpeg: 'image/jpeg',
  'jpeg-lossless': 'image/jpeg',
  'jpeg-ls': 'image/jls',
  'jpeg-2000': 'image/jp2',
  htj2k: 'image/jphc',
};

/** How frames and values leave. */
export interface PixelForm {
  readonly isMultipart: boolean;
  /** Codestreams as they are stored; else decoded. */
  readonly asStored: boolean;
  readonly type: string;
  readonly transferSyntax: string;
}

/**
 * The first of the accepted forms in which pixels of this transfer syntax can leave: decoded, as they are stored where that is
 * asked for by its media type or by `transfer-syntax=*`; undefined where there is none.
 *
 * @param isSingle whether one frame, or one value, is asked for, which may be the whole body
 */
export function pixelForm(stored: string, accepted: readonly Accepted[], isSingle: boolean): PixelForm | undefined {
  const codec = TRANSFER_SYNTAXES.get(stored)?.codec;
  const codestream = codec === undefined || codec === 'native' ? undefined : CODESTREAMS[codec];
  const decoded = { asStored: false, type: OCTETS, transferSyntax: EXPLICIT_VR_LITTLE_ENDIAN };
  for (const range of accepted) {
    const { isMultipart: isAsked, isAny, type, transferSyntax } = range;
    if (!isAsked && !isAny && !isSingle) continue;
    const isMultipart = isAsked || isAny;
    const isWanted = transferSyntax === undefined || transferSyntax === '*' || transferSyntax === stored;
    if (codestream !== undefined && isWanted && type !== ANY && isTaken(range, codestream, isMultipart)) {
      return { isMultipart, asStored: true, type: codestream, transferSyntax: stored };
    }
    if (!isTaken(range, OCTETS, isMultipart)) continue;
    if (codestream !== undefined && transferSyntax !== undefined && isWanted) {
      return { isMultipart, asStored: true, type: codestream, transferSyntax: stored };
    }
    const isDecoded = isWanted || transferSyntax === EXPLICIT_VR_LITTLE_ENDIAN;
    if (isDecoded && codec !== undefined) return { isMultipart, ...decoded };
  }
  return undefined;
}
