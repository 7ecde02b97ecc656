import type { InteropInput } from '@medserve/interop';
import type { ObjectKind } from '../destination-settings';
import type { Parcel, ParcelObject } from '../parcel';

export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const COMPREHENSIVE_3D_SR = '1.2.840.10008.5.1.4.1.1.88.34';
export const SEGMENTATION = '1.2.840.10008.5.1.4.1.1.66.4';

export function anObject(kind: ObjectKind, sopInstanceUid: string, sopClassUid = COMPREHENSIVE_3D_SR): ParcelObject {
  const dataSet = Buffer.from(`${kind} ${sopInstanceUid}`);
  const file = Buffer.concat([Buffer.from('head '), dataSet]);
  return {
    kind,
    sopClassUid,
    sopInstanceUid,
    transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
    bytes: file.length,
    read: () => Promise.resolve(file),
    readDataSet: () => Promise.resolve(dataSet),
  };
}

const aReport = (): InteropInput => ({
  runs: [],
  device: { manufacturer: 'M', model: 'M', version: '1', serial: '1' },
  generation: 1,
  now: new Date(0),
});

export const aParcel = (objects: readonly ParcelObject[] = []): Parcel => ({
  id: 'a-delivery',
  tenant: 'home',
  studyUid: '1.2.3',
  generation: 1,
  createdAt: new Date(0),
  objects: () => Promise.resolve(objects),
  report: () => Promise.resolve(aReport()),
});
