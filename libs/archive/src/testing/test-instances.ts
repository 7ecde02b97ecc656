import { dataSetBytes, elementBytes, image, type DicomItem } from '@medserve/testkit';
import type { Origin } from '../stored-instance';

export const CT = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';

export const ORIGIN: Origin = { tenant: 'home', door: 'dimse', sender: 'SCANNER', batch: 'association-1' };

export interface TestInstance {
  readonly sopInstanceUid: string;
  readonly dataSet: Buffer;
  /** As a Part 10 file. */
  readonly file: Buffer;
  readonly expected: {
    readonly sopClassUid: string;
    readonly sopInstanceUid: string;
    readonly transferSyntaxUid: string;
  };
}

/** A CT slice of 64 x 64 pixels. @param more elements in place of its own, or beside them */
export function ctSlice(number = 1, more: DicomItem = {}): TestInstance {
  const sopInstanceUid = `2.25.100.${String(number)}`;
  const dataSet = dataSetBytes(
    image(64, 64, {
      0x00080016: ['UI', CT],
      0x00080018: ['UI', sopInstanceUid],
      0x00080060: ['CS', 'CT'],
      0x00100010: ['PN', 'Doe^Jane'],
      0x00100020: ['LO', 'P-1'],
      0x0020000d: ['UI', '2.25.1'],
      0x0020000e: ['UI', '2.25.2'],
      0x00200013: ['IS', String(number)],
      0x7fe00010: ['OW', Buffer.alloc(64 * 64 * 2, number)],
      ...more,
    }),
  );
  const expected = { sopClassUid: CT, sopInstanceUid, transferSyntaxUid: EXPLICIT };
  return { sopInstanceUid, dataSet, expected, file: Buffer.concat([metaOf(sopInstanceUid), dataSet]) };
}

function metaOf(sopInstanceUid: string): Buffer {
  const meta = Buffer.concat([
    elementBytes(0x00020002, 'UI', CT),
    elementBytes(0x00020003, 'UI', sopInstanceUid),
    elementBytes(0x00020010, 'UI', EXPLICIT),
  ]);
  return Buffer.concat([Buffer.alloc(128, 7), Buffer.from('DICM'), meta]);
}
