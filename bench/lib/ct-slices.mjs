import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import imaging from '@medserve/imaging';
import testkit from '@medserve/testkit';

const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const SIDE = 512;

const uid = () => `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;

/**
 * A new study of one series, as DICOM files in so many folders: each slice has 512 x 512 pixels of 16 bits, 525 kB.
 *
 * @returns the folders
 */
export function writeSlices(place, count, folders) {
  const [study, series] = [uid(), uid()];
  const places = Array.from({ length: folders }, (_, at) => join(place, String(at)));
  for (const folder of places) mkdirSync(folder, { recursive: true });
  for (let number = 1; number <= count; number += 1) {
    const sopInstanceUid = uid();
    const meta = { sopClassUid: CT_IMAGE, sopInstanceUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN };
    const dataSet = testkit.dataSetBytes(
      testkit.image(SIDE, SIDE, {
        // Routes pass over what is derived: no model works on it while the next is measured.
        0x00080008: ['CS', 'DERIVED\\PRIMARY\\AXIAL'],
        0x00080016: ['UI', CT_IMAGE],
        0x00080018: ['UI', sopInstanceUid],
        0x00080020: ['DA', '20260102'],
        0x00080060: ['CS', 'CT'],
        0x00100020: ['LO', 'BENCH'],
        0x0020000d: ['UI', study],
        0x0020000e: ['UI', series],
        0x00200013: ['IS', String(number)],
        0x7fe00010: ['OW', randomBytes(SIDE * SIDE * 2)],
      }),
    );
    writeFileSync(
      join(places[number % folders], `${String(number)}.dcm`),
      Buffer.concat([imaging.fileMetaFor(meta), dataSet]),
    );
  }
  return places;
}
