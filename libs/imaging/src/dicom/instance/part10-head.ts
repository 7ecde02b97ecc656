import { isUid } from '../is-uid';
import { hasDicomPrefix } from '../open-dicom';
import { TAG } from '../tags';
import { notUnderstood } from './instance-fault';
import { withoutPadding } from '../padding';

/** What stands before the data set of a DICOM file (PS3.10 7.1). */
export interface Part10Head {
  readonly dataSetOffset: number;
  /** Preamble, prefix and a file meta information that names the transfer syntax: a file that can be handed on as it is. */
  readonly isWhole: boolean;
  readonly transferSyntaxUid?: string;
  readonly sopClassUid?: string;
  readonly sopInstanceUid?: string;
}

const PREAMBLE_BYTES = 132;
const MEDIA_SOP_CLASS = 0x00020002;
const MEDIA_SOP_INSTANCE = 0x00020003;
const LONG_VRS = new Set(['OB', 'UN', 'UT', 'OW', 'SQ']);
/** Longer file meta information is none. */
const MAX_META_BYTES = 64 * 1024;

/**
 * Reads the file meta information: group 0002 in explicit VR little endian, whatever follows. A file without preamble, or without
 * any of it, is read from its first byte.
 *
 * @throws InstanceFault `cannot_understand`
 */
export function readPart10Head(file: Buffer): Part10Head {
  const metaAt = hasDicomPrefix(file) ? PREAMBLE_BYTES : 0;
  const uids = new Map<number, string>();
  let at = metaAt;
  while (at + 8 <= file.length && file.readUInt16LE(at) === 0x0002) {
    const tag = 0x00020000 + file.readUInt16LE(at + 2);
    const vr = file.toString('latin1', at + 4, at + 6);
    const isLong = LONG_VRS.has(vr);
    if (!/^[A-Z]{2}$/.test(vr) || at + 12 > file.length) throw notUnderstood('file meta information');
    const length = isLong ? file.readUInt32LE(at + 8) : file.readUInt16LE(at + 6);
    const valueAt = at + (isLong ? 12 : 8);
    if (length > file.length - valueAt || valueAt + length - metaAt > MAX_META_BYTES) {
      throw notUnderstood('file meta information');
    }
    if (vr === 'UI') uids.set(tag, withoutPadding(file.toString('latin1', valueAt, valueAt + length)));
    at = valueAt + length;
  }
  const uid = (tag: number): string | undefined => {
    const value = uids.get(tag);
    return value !== undefined && isUid(value) ? value : undefined;
  };
  const [syntax, sopClass, sopInstance] = [TAG.transferSyntaxUid, MEDIA_SOP_CLASS, MEDIA_SOP_INSTANCE].map(uid);
  return {
    dataSetOffset: at,
    isWhole: metaAt > 0 && syntax !== undefined && sopClass !== undefined && sopInstance !== undefined,
    ...(syntax === undefined ? {} : { transferSyntaxUid: syntax }),
    ...(sopClass === undefined ? {} : { sopClassUid: sopClass }),
    ...(sopInstance === undefined ? {} : { sopInstanceUid: sopInstance }),
  };
}
