import type { ElementOut } from '../write/element';
import { writeDataSet } from '../write/write-data-set';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '../write/write-part10';

export interface FileMeta {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Source Application Entity Title (0002,0016): who sent the data set. */
  readonly sourceAet?: string;
}

/** What stands before a data set that came without it: preamble, prefix and file meta information (PS3.10 7.1). */
export function fileMetaFor({ sopClassUid, sopInstanceUid, transferSyntaxUid, sourceAet }: FileMeta): Buffer {
  const rest = writeDataSet(
    new Map<number, ElementOut>([
      [0x00020001, { vr: 'OB', bytes: Buffer.from([0, 1]) }],
      [0x00020002, { vr: 'UI', value: sopClassUid }],
      [0x00020003, { vr: 'UI', value: sopInstanceUid }],
      [0x00020010, { vr: 'UI', value: transferSyntaxUid }],
      [0x00020012, { vr: 'UI', value: IMPLEMENTATION_CLASS_UID }],
      [0x00020013, { vr: 'SH', value: IMPLEMENTATION_VERSION_NAME }],
      ...(sourceAet === undefined ? [] : [[0x00020016, { vr: 'AE', value: sourceAet }] as [number, ElementOut]]),
    ]),
  );
  const length = writeDataSet(new Map([[0x00020000, { vr: 'UL', value: rest.length }]]));
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), length, rest]);
}
