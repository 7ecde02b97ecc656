import { dicomFile, image, type DicomItem } from '@medserve/testkit';
import type { Canaries } from './canaries';

export type Damage = 'truncated' | 'syntax' | 'photometric' | 'modality' | 'no-pixels' | 'bits' | 'sequence';

const SIZE = 32;

/** Elements that name somebody or something, or have room for text: tag, VR, what it is called. */
const TEXTS: readonly (readonly [tag: number, vr: string, name: string])[] = [
  [0x00080050, 'SH', 'AccessionNumber'],
  [0x00080070, 'LO', 'Manufacturer'],
  [0x00080080, 'LO', 'InstitutionName'],
  [0x00080081, 'ST', 'InstitutionAddress'],
  [0x00080090, 'PN', 'ReferringPhysicianName'],
  [0x00081010, 'SH', 'StationName'],
  [0x00081030, 'LO', 'StudyDescription'],
  [0x0008103e, 'LO', 'SeriesDescription'],
  [0x00081070, 'PN', 'OperatorsName'],
  [0x00081090, 'LO', 'ManufacturerModelName'],
  [0x00090010, 'LO', 'private creator'],
  [0x00091010, 'UN', 'private element'],
  [0x00100010, 'PN', 'PatientName'],
  [0x00101000, 'LO', 'OtherPatientIDs'],
  [0x00101001, 'PN', 'OtherPatientNames'],
  [0x00101040, 'LO', 'PatientAddress'],
  [0x00102154, 'SH', 'PatientTelephoneNumbers'],
  [0x001021b0, 'LT', 'AdditionalPatientHistory'],
  [0x00104000, 'LT', 'PatientComments'],
  [0x00180015, 'CS', 'BodyPartExamined'],
  [0x00181000, 'LO', 'DeviceSerialNumber'],
  [0x00181030, 'LO', 'ProtocolName'],
  [0x00200010, 'SH', 'StudyID'],
  [0x00204000, 'LT', 'ImageComments'],
  [0x00321060, 'LO', 'RequestedProcedureDescription'],
  [0x00400254, 'LO', 'PerformedProcedureStepDescription'],
  [0x00402016, 'LO', 'PlacerOrderNumber'],
  [0x300e0004, 'DT', 'ReviewDate'],
];

/**
 * A CT slice with a canary in its preamble and in every element that has room for one, in nested sequences too.
 *
 * @param more elements in place of its own, or beside them
 */
export function canaryDicom(canaries: Canaries, of: string, damage?: Damage, more: DicomItem = {}): Buffer {
  const text = (name: string): string => canaries.text(`${of}: ${name}`);
  const uid = (name: string): string => `1.2.${canaries.number(`${of}: ${name}`)}`;
  const nested = (name: string): DicomItem => ({
    0x00100020: ['LO', text(`${name} / PatientID`)],
    0x00091010: ['UN', Buffer.from(`${text(`${name} / private element`)} `)],
  });
  const elements: Record<number, DicomItem[number]> = {
    ...image(SIZE, SIZE, { 0x7fe00010: ['OW', pixels()] }),
    0x00080016: ['UI', damage === 'modality' ? uid('SOPClassUID') : '1.2.840.10008.5.1.4.1.1.2'],
    0x00080018: ['UI', uid('SOPInstanceUID')],
    0x00080060: ['CS', damage === 'modality' ? text('Modality') : 'CT'],
    0x00100020: ['LO', canaries.identifier(`${of}: PatientID`)],
    0x00100021: ['LO', canaries.identifier(`${of}: IssuerOfPatientID`)],
    0x00101002: ['SQ', [nested('OtherPatientIDsSequence')]],
    0x0020000d: ['UI', uid('StudyInstanceUID')],
    0x0020000e: ['UI', uid('SeriesInstanceUID')],
    0x00200052: ['UI', uid('FrameOfReferenceUID')],
    0x00400275: ['SQ', [nested('RequestAttributesSequence')]],
    0x52009229: ['SQ', [nested('SharedFunctionalGroupsSequence')]],
    0x00281052: ['DS', -1024],
    0x00281053: ['DS', 1],
    ...Object.fromEntries(TEXTS.map(([tag, vr, name]) => [tag, [vr, text(name)] as const])),
    ...more,
  };
  if (damage === 'photometric') elements[0x00280004] = ['CS', text('PhotometricInterpretation')];
  if (damage === 'no-pixels') delete elements[0x7fe00010];
  if (damage === 'bits') elements[0x00280100] = ['LO', text('BitsAllocated')];
  if (damage === 'sequence') elements[0x00400275] = ['SQ', Buffer.from(text('in place of a sequence'))];
  const file = dicomFile(elements, damage === 'syntax' ? uid('TransferSyntaxUID') : undefined);
  file.write(text('preamble'), 0, 'latin1');
  return damage === 'truncated' ? file.subarray(0, file.length - SIZE * SIZE) : file;
}

/** A CT study of one series, whose every header is full of canaries; the patient and the UIDs are the same in all. */
export interface CanaryStudy {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopInstanceUids: readonly string[];
  readonly patient: { readonly id: string; readonly issuer: string; readonly name: string; readonly accession: string };
  readonly slices: readonly Buffer[];
}

export function canaryStudy(canaries: Canaries, of: string, count: number): CanaryStudy {
  const uid = (name: string): string => `1.2.${canaries.number(`${of}: ${name}`)}`;
  const [studyUid, seriesUid] = [uid('StudyInstanceUID'), uid('SeriesInstanceUID')];
  const sopInstanceUids = Array.from({ length: count }, () => uid('SOPInstanceUID'));
  const patient = {
    id: canaries.identifier(`${of}: PatientID`),
    issuer: canaries.identifier(`${of}: IssuerOfPatientID`),
    name: canaries.text(`${of}: PatientName`),
    accession: canaries.text(`${of}: AccessionNumber`),
  };
  const slices = sopInstanceUids.map((sopInstanceUid, at) =>
    canaryDicom(canaries, of, undefined, {
      0x00080008: ['CS', 'ORIGINAL\\PRIMARY\\AXIAL'],
      0x00080018: ['UI', sopInstanceUid],
      0x00080050: ['SH', patient.accession],
      0x00100010: ['PN', patient.name],
      0x00100020: ['LO', patient.id],
      0x00100021: ['LO', patient.issuer],
      0x0020000d: ['UI', studyUid],
      0x0020000e: ['UI', seriesUid],
      0x00200013: ['IS', at + 1],
      0x00200032: ['DS', [0, 0, 5 * at]],
      0x00200037: ['DS', [1, 0, 0, 0, 1, 0]],
      0x00200052: ['UI', `${studyUid}.9`],
      0x00280030: ['DS', [1, 1]],
    }),
  );
  return { studyUid, seriesUid, sopInstanceUids, patient, slices };
}

/** A disc of 40 HU in air, by an intercept of -1024. */
function pixels(): Buffer {
  const values = Buffer.alloc(SIZE * SIZE * 2);
  for (let at = 0; at < SIZE * SIZE; at += 1) {
    const isBody = (Math.floor(at / SIZE) - SIZE / 2) ** 2 + ((at % SIZE) - SIZE / 2) ** 2 < (SIZE / 3) ** 2;
    values.writeUInt16LE(isBody ? 1064 : 24, at * 2);
  }
  return values;
}

/** A NIfTI-1 file (nifti1.h) of 8 x 8 x 8 bytes with a canary in each of its texts. */
export function canaryNifti(canaries: Canaries, of: string): Buffer {
  const side = 8;
  const file = Buffer.alloc(352 + side ** 3, 1);
  file.fill(0, 0, 352);
  file.writeInt32LE(348, 0);
  file.write(canaries.text(`${of}: db_name`), 14, 'latin1');
  [3, side, side, side, 1, 1, 1, 1].forEach((value, index) => file.writeInt16LE(value, 40 + 2 * index));
  file.writeInt16LE(2, 70);
  file.writeInt16LE(8, 72);
  [1, 1, 1, 1].forEach((value, index) => file.writeFloatLE(value, 76 + 4 * index));
  file.writeFloatLE(352, 108);
  file.write(canaries.text(`${of}: descrip`), 148, 'latin1');
  file.write(canaries.text(`${of}: aux_file`), 228, 'latin1');
  file.writeInt16LE(1, 254);
  [1, 0, 0, 0].forEach((value, index) => file.writeFloatLE(value, 280 + 4 * index));
  [0, 1, 0, 0].forEach((value, index) => file.writeFloatLE(value, 296 + 4 * index));
  [0, 0, 1, 0].forEach((value, index) => file.writeFloatLE(value, 312 + 4 * index));
  file.write(canaries.text(`${of}: intent_name`), 328, 'latin1');
  file.write('n+1\0', 344, 'latin1');
  return file;
}
