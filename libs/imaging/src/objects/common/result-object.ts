import type { DataSetOut } from '../../dicom/write/element';
import { uidFrom, writePart10 } from '../../dicom/write/write-part10';
import type { ResultEquipment, ResultInput, ResultKind, ResultObject } from '../result-input';
import { inOneCharacterSet } from './character-set';
import { dataSetOf, lineOf, merged } from './data-set-of';
import { patientAndStudyOf } from './patient-and-study';
import type { SourceImage } from './source-image';
import { momentOf } from './moment';

/** Modality, SOP class and place among a study's series of each kind of object; the numbers leave room for the sender's own. */
const KINDS = {
  sr: { sopClassUid: '1.2.840.10008.5.1.4.1.1.88.34', modality: 'SR', seriesNumber: 9900, title: 'AI report' },
  seg: { sopClassUid: '1.2.840.10008.5.1.4.1.1.66.4', modality: 'SEG', seriesNumber: 9910, title: 'AI segmentation' },
  sc: {
    sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
    modality: 'OT',
    seriesNumber: 9920,
    title: 'AI result, for viewers without SEG/SR',
  },
  gsps: { sopClassUid: '1.2.840.10008.5.1.4.1.1.11.1', modality: 'PR', seriesNumber: 9930, title: 'AI marks' },
} as const satisfies Record<ResultKind, object>;

/** The names that an object will have: they follow from what it is made of, so that making it again makes the same one. */
export interface ObjectName {
  readonly kind: ResultKind;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesUid: string;
  /** Of its kind, from 1. */
  readonly number: number;
}

export function nameOf(kind: ResultKind, number: number, input: ResultInput): ObjectName {
  const words = [kind, String(input.generation), ...input.runs.flatMap(({ name, requestId }) => [name, requestId])];
  return {
    kind,
    number,
    sopClassUid: KINDS[kind].sopClassUid,
    seriesUid: uidFrom('result series', ...words),
    sopInstanceUid: uidFrom('result instance', String(number), ...words),
  };
}

/**
 * The object around its content: patient and study as the source has them, a series and an instance of our own, the equipment.
 *
 * @param content the modules of its kind
 */
export function resultObject(
  name: ObjectName,
  source: SourceImage,
  input: ResultInput,
  content: DataSetOut,
): ResultObject {
  const { kind, sopClassUid, sopInstanceUid, seriesUid } = name;
  const { modality, seriesNumber, title } = KINDS[kind];
  const moment = momentOf(input.now, source.dataSet);
  const dataSet = merged(
    patientAndStudyOf(source),
    dataSetOf({
      SOPClassUID: sopClassUid,
      SOPInstanceUID: sopInstanceUid,
      InstanceCreationDate: moment.date,
      InstanceCreationTime: moment.time,
      Modality: modality,
      SeriesInstanceUID: seriesUid,
      // A generation that comes after another stands behind it in a viewer's list.
      SeriesNumber: seriesNumber + 100 * (input.generation - 1),
      SeriesDescription: title,
      InstanceNumber: name.number,
    }),
    equipmentOf(input.equipment),
    content,
  );
  return {
    kind,
    sopClassUid,
    sopInstanceUid,
    seriesUid,
    bytes: writePart10(inOneCharacterSet(dataSet, source.dataSet)),
  };
}

const equipmentOf = ({ manufacturer, model, version, serial }: ResultEquipment): DataSetOut =>
  dataSetOf({
    Manufacturer: lineOf(manufacturer),
    ManufacturerModelName: lineOf(model),
    DeviceSerialNumber: lineOf(serial),
    SoftwareVersions: lineOf(version),
  });
