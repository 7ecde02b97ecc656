import { ServingError } from '@medserve/errors';
import { guessEncoding, hasDicomPrefix } from '../dicom/open-dicom';
import { looksLikeNifti } from '../nifti/looks-like-nifti';
import { looksLikeTiff } from '../tiff/looks-like-tiff';
import { unreadable } from '../refuse';

export type Container = 'dicom' | 'nifti' | 'png' | 'jpeg' | 'tiff';

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const TYPES_OF_TEXT = /^(text\/|application\/(pdf|xml|json|html)|image\/svg)/;

/**
 * Says what a file is by its first bytes; a declared media type decides only where a DICOM object without its preamble could
 * be anything. File names are not looked at.
 *
 * @throws ServingError `unreadable_image` for an empty body, `unsupported_media` for what is not read here.
 */
export function identify(bytes: Buffer, mediaType?: string): Container {
  if (bytes.length === 0) throw unreadable('The file is empty.');
  if (hasDicomPrefix(bytes)) return 'dicom';
  if (bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return 'png';
  if (bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xffd8ff) return 'jpeg';
  if (looksLikeTiff(bytes)) return 'tiff';
  if (looksLikeNifti(bytes)) return 'nifti';
  if (isBareDataSet(bytes, mediaType)) return 'dicom';
  throw new ServingError('unsupported_media', 'The bytes are not DICOM, PNG, JPEG, TIFF or NIfTI.');
}

/** A data set without preamble begins with group 0002 or 0008, in one of the three encodings. */
function isBareDataSet(bytes: Buffer, mediaType = ''): boolean {
  if (TYPES_OF_TEXT.test(mediaType)) return false;
  const encoding = guessEncoding(bytes, 0);
  if (encoding === undefined) return false;
  const group = encoding.littleEndian ? bytes.readUInt16LE(0) : bytes.readUInt16BE(0);
  return group === 0x0002 || group === 0x0008;
}
