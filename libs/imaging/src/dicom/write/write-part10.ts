import { createHash } from 'node:crypto';
import { TAG } from '../tags';
import { TRANSFER_SYNTAXES } from '../transfer-syntaxes';
import type { DataSetOut, ElementOut } from './element';
import { unwritable } from './unwritable';
import { writeDataSet } from './write-data-set';

const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** A UID under 2.25 that follows from its words: the same words give the same UID (PS3.5 B.2; a UUID of version 8, RFC 9562). */
export function uidFrom(...words: readonly string[]): string {
  const uuid = createHash('sha256').update(JSON.stringify(words)).digest().subarray(0, 16);
  uuid.writeUInt8((uuid.readUInt8(6) & 0x0f) | 0x80, 6);
  uuid.writeUInt8((uuid.readUInt8(8) & 0x3f) | 0x80, 8);
  return `2.25.${BigInt(`0x${uuid.toString('hex')}`).toString()}`;
}

/** Who wrote a file (PS3.7 D.3.3.2). */
export const IMPLEMENTATION_CLASS_UID = uidFrom('medserve', 'implementation class');
export const IMPLEMENTATION_VERSION_NAME = 'MEDSERVE_0_1';

/**
 * A DICOM file (PS3.10 7.1) around a data set that has its SOP class and instance UID.
 *
 * @param transferSyntaxUid one without compression; explicit VR little endian by default
 * @throws ServingError `internal` as `writeDataSet`
 */
export function writePart10(dataSet: DataSetOut, transferSyntaxUid = EXPLICIT_VR_LITTLE_ENDIAN): Buffer {
  const syntax = TRANSFER_SYNTAXES.get(transferSyntaxUid);
  if (syntax?.codec !== 'native' || syntax.deflated) throw unwritable('Files are written uncompressed only.');
  const meta = fileMeta(dataSet, transferSyntaxUid);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), meta, writeDataSet(dataSet, syntax)]);
}

function fileMeta(dataSet: DataSetOut, transferSyntaxUid: string): Buffer {
  const [sopClass, sopInstance] = [dataSet.get(TAG.sopClassUid), dataSet.get(TAG.sopInstanceUid)];
  if (sopClass === undefined || sopInstance === undefined) throw unwritable('A DICOM file names its SOP instance.');
  const rest = writeDataSet(
    new Map<number, ElementOut>([
      [0x00020001, { vr: 'OB', bytes: Buffer.from([0, 1]) }],
      [0x00020002, sopClass],
      [0x00020003, sopInstance],
      [TAG.transferSyntaxUid, { vr: 'UI', value: transferSyntaxUid }],
      [0x00020012, { vr: 'UI', value: IMPLEMENTATION_CLASS_UID }],
      [0x00020013, { vr: 'SH', value: IMPLEMENTATION_VERSION_NAME }],
    ]),
  );
  return Buffer.concat([writeDataSet(new Map([[0x00020000, { vr: 'UL', value: rest.length }]])), rest]);
}
