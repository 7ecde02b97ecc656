import { inflateRawSync } from 'node:zlib';
import { ServingError } from '@medserve/errors';
import type { DecodeLimits } from '../limits';
import { tooLarge, unreadable } from '../refuse';
import type { DataSet } from './data-set';
import { isStandardUid } from './defined-terms';
import { ALL_ELEMENTS, HEADER, readDataSet, type Encoding, type Reach } from './read-data-set';
import { TAG } from './tags';
import { TRANSFER_SYNTAXES, type TransferSyntax } from './transfer-syntaxes';

export interface OpenedDicom {
  readonly dataSet: DataSet;
  readonly transferSyntax: TransferSyntax;
}

const PREAMBLE_BYTES = 128;
/** Small files of zeros deflate beyond any ratio and harm nobody. */
const RATIO_FREE_BYTES = 16 * 1024 * 1024;

export const hasDicomPrefix = (bytes: Buffer): boolean =>
  bytes.length >= 132 && bytes.toString('latin1', 128, 132) === 'DICM';

/**
 * Finds the data set of a DICOM file (PS3.10) and reads its elements. A file without preamble or file meta information, or
 * whose meta information names no transfer syntax, is read when its first element can only be meant one way.
 *
 * @throws ServingError `unreadable_image`, `unsupported_transfer_syntax`, `too_large`
 */
export function openDicom(file: Buffer, limits: DecodeLimits): OpenedDicom {
  return open(file, limits, decodableSyntax);
}

/**
 * Reads every element of a DICOM file, whatever its pixels are coded in: nothing is decoded of it.
 *
 * @throws ServingError `unreadable_image`, `too_large`
 */
export function openWhole(file: Buffer, limits: DecodeLimits): OpenedDicom {
  return open(file, limits, anySyntax, ALL_ELEMENTS);
}

/**
 * Reads what stands before the pixel data, of a file that may be cut off inside of it. A deflated file has to be whole.
 *
 * @throws ServingError `unreadable_image`, `too_large`
 */
export function openHeader(file: Buffer, limits: DecodeLimits): OpenedDicom {
  return open(file, limits, anySyntax, HEADER);
}

function open(
  file: Buffer,
  limits: DecodeLimits,
  syntaxOf: (uid: string) => TransferSyntax,
  reach?: Reach,
): OpenedDicom {
  const metaAt = hasDicomPrefix(file) ? PREAMBLE_BYTES + 4 : 0;
  const meta = readMeta(file, metaAt);
  const named = meta.transferSyntaxUid === undefined ? undefined : syntaxOf(meta.transferSyntaxUid);
  const { bytes, start, transferSyntax } = locate(file, meta.end, named, limits);
  const seen = guessEncoding(bytes, start);
  // Some writers name one encoding and use another; the first element cannot lie about it.
  const encoding = seen ?? transferSyntax;
  if (encoding === undefined) throw unreadable('The DICOM object holds no data set.');
  const dataSet = readDataSet(bytes, start, encoding, limits, reach);
  return { dataSet, transferSyntax: transferSyntax ?? assumeSyntax(dataSet, encoding) };
}

interface Located {
  readonly bytes: Buffer;
  readonly start: number;
  readonly transferSyntax: TransferSyntax | undefined;
}

function locate(
  file: Buffer,
  start: number,
  transferSyntax: TransferSyntax | undefined,
  limits: DecodeLimits,
): Located {
  if (transferSyntax?.deflated !== true) return { bytes: file, start, transferSyntax };
  return { bytes: inflate(file.subarray(start), limits), start: 0, transferSyntax };
}

function decodableSyntax(uid: string): TransferSyntax {
  const transferSyntax = TRANSFER_SYNTAXES.get(uid);
  if (transferSyntax === undefined) {
    throw new ServingError(
      'unsupported_transfer_syntax',
      `The transfer syntax ${isStandardUid(uid) ? `${uid} is not one that is` : 'is not one of the standard, which alone are'} read here.`,
    );
  }
  if (transferSyntax.codec === undefined) throw unsupported(transferSyntax);
  return transferSyntax;
}

/** What the table lacks encapsulates its pixels, and with them comes explicit VR little endian (PS3.5 A.4). */
const anySyntax = (uid: string): TransferSyntax =>
  TRANSFER_SYNTAXES.get(uid) ?? {
    uid,
    name: 'of another kind',
    implicitVr: false,
    littleEndian: true,
    deflated: false,
    codec: undefined,
  };

export function unsupported({ uid, name }: TransferSyntax, why = 'is not supported'): ServingError {
  return new ServingError('unsupported_transfer_syntax', `The transfer syntax ${name} (${uid}) ${why}.`);
}

/** The file meta information: group 0002 in explicit VR little endian, whatever follows (PS3.10 7.1). */
function readMeta(file: Buffer, start: number): { end: number; transferSyntaxUid: string | undefined } {
  let at = start;
  let transferSyntaxUid: string | undefined;
  while (at + 8 <= file.length && file.readUInt16LE(at) === 0x0002) {
    const tag = 0x00020000 + file.readUInt16LE(at + 2);
    const vr = file.toString('latin1', at + 4, at + 6);
    const isLong = vr === 'OB' || vr === 'UN' || vr === 'UT';
    if (!/^[A-Z]{2}$/.test(vr) || at + 12 > file.length)
      throw unreadable('The DICOM file meta information is damaged.');
    const length = isLong ? file.readUInt32LE(at + 8) : file.readUInt16LE(at + 6);
    const valueAt = at + (isLong ? 12 : 8);
    if (length > file.length - valueAt) throw unreadable('The DICOM file meta information is cut short.');
    if (tag === TAG.transferSyntaxUid) {
      transferSyntaxUid = file.toString('latin1', valueAt, valueAt + Math.min(length, 64)).replace(/[^0-9.]+$/, '');
      if (!/^[0-9.]+$/.test(transferSyntaxUid)) transferSyntaxUid = undefined;
    }
    at = valueAt + length;
  }
  return { end: at, transferSyntaxUid };
}

function inflate(deflated: Buffer, limits: DecodeLimits): Buffer {
  const byRatio = Math.max(RATIO_FREE_BYTES, deflated.length * limits.maxExpansionRatio);
  const ceiling = Math.min(byRatio, limits.maxInflatedBytes);
  try {
    return inflateRawSync(deflated, { maxOutputLength: ceiling });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge('The deflated DICOM object opens to more than is allowed.', 'inflated', ceiling, 'bytes');
    }
    throw unreadable('The deflated DICOM object is damaged or cut short.', error);
  }
}

/**
 * The encoding that the first element of a data set shows: its group is small, so the byte order is where the zero byte
 * is; two capitals after the tag are a VR.
 */
export function guessEncoding(bytes: Buffer, start: number): Encoding | undefined {
  if (bytes.length - start < 8) return undefined;
  const [low, high] = [bytes.readUInt16LE(start), bytes.readUInt16BE(start)];
  if (low === high || Math.min(low, high) > 0x00ff) return undefined;
  const littleEndian = low < high;
  const isExplicit = /^[A-Z]{2}$/.test(bytes.toString('latin1', start + 4, start + 6));
  if (isExplicit) return { implicitVr: false, littleEndian };
  const length = littleEndian ? bytes.readUInt32LE(start + 4) : bytes.readUInt32BE(start + 4);
  if (length !== 0xffffffff && length > bytes.length - start - 8) return undefined;
  // Implicit VR in big endian was never a transfer syntax.
  return littleEndian ? { implicitVr: true, littleEndian } : undefined;
}

/** Without a named transfer syntax, pixels can only be taken as they stand. */
function assumeSyntax(dataSet: DataSet, { implicitVr, littleEndian }: Encoding): TransferSyntax {
  if (dataSet.elements.get(TAG.pixelData)?.fragments !== undefined) {
    throw unreadable('The DICOM object holds compressed pixels but does not name its transfer syntax.');
  }
  const suffix = implicitVr ? '' : littleEndian ? '.1' : '.2';
  const found = TRANSFER_SYNTAXES.get(`1.2.840.10008.1.2${suffix}`);
  if (found === undefined) throw new ServingError('internal', 'A standard transfer syntax is missing from the table.');
  return found;
}
