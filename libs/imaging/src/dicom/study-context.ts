import { Sensitive, type Coded, type InstanceContext, type SeriesContext, type StudyContext } from '@medserve/clinical';
import { decodeText } from './character-sets';
import type { DataSet } from './data-set';
import { TAG } from './tags';

/** What one object says of its study, its series and itself. What all objects of a study repeat is read once, where it is asked for. */
interface ObjectContext {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly instance: Omit<InstanceContext, 'input'>;
  patient(): StudyContext['patient'];
  study(): StudyContext['study'];
  series(): Omit<SeriesContext, 'instances'>;
}

/** An object that was read, with the place of its file among those that were sent. */
export interface PlacedContext {
  readonly input: number;
  /** Undefined where the object does not say what it is. */
  readonly context: Sensitive<ObjectContext> | undefined;
}

/** Longer than any of these attributes may be (PS3.5, 6.2: a name has 64 characters a group): what is longer is none of them. */
const MAX_CHARACTERS = 324;
/** Four bytes hold every character; what shifts between character sets takes three more each time. */
const MAX_BYTES = 4 * MAX_CHARACTERS;

/** What an object's header says of whose it is and of what; wrapped, since all of it may tell who the patient is. */
export function readObjectContext(dataSet: DataSet): Sensitive<ObjectContext> | undefined {
  const studyUid = dataSet.uid(TAG.studyInstanceUid);
  const seriesUid = dataSet.uid(TAG.seriesInstanceUid);
  const sopInstanceUid = dataSet.uid(TAG.sopInstanceUid);
  const sopClassUid = dataSet.uid(TAG.sopClassUid);
  if (studyUid === undefined || seriesUid === undefined || sopInstanceUid === undefined || sopClassUid === undefined)
    return undefined;
  return new Sensitive({
    studyUid,
    seriesUid,
    instance: present({
      sopClassUid,
      sopInstanceUid,
      number: wholeNumber(dataSet, TAG.instanceNumber),
      frames: wholeNumber(dataSet, TAG.numberOfFrames),
    }),
    patient: () => patientOf(dataSet),
    study: () => studyOf(dataSet, studyUid),
    series: () => seriesOf(dataSet, seriesUid),
  });
}

function patientOf(dataSet: DataSet): StudyContext['patient'] {
  return present({
    id: textOf(dataSet, TAG.patientId),
    issuer: textOf(dataSet, TAG.issuerOfPatientId),
    name: firstScript(textOf(dataSet, TAG.patientName)),
    birthDate: matching(textOf(dataSet, TAG.patientBirthDate), /^\d{8}$/),
    sex: dataSet.code(TAG.patientSex),
  });
}

function studyOf(dataSet: DataSet, uid: string): StudyContext['study'] {
  return present({
    uid,
    date: matching(textOf(dataSet, TAG.studyDate), /^\d{8}$/),
    time: matching(textOf(dataSet, TAG.studyTime), /^\d{2,6}(\.\d{1,6})?$/),
    utcOffset: matching(textOf(dataSet, TAG.timezoneOffset), /^[+-]\d{4}$/),
    id: textOf(dataSet, TAG.studyId),
    accession: textOf(dataSet, TAG.accessionNumber),
    description: textOf(dataSet, TAG.studyDescription),
    referringPhysician: firstScript(textOf(dataSet, TAG.referringPhysicianName)),
    procedure: codeOf(dataSet.items(TAG.procedureCodeSequence)[0], dataSet),
    placerOrder: textOf(dataSet, TAG.placerOrderNumber),
    fillerOrder: textOf(dataSet, TAG.fillerOrderNumber),
  });
}

function seriesOf(dataSet: DataSet, uid: string): Omit<SeriesContext, 'instances'> {
  return present({
    uid,
    modality: dataSet.code(TAG.modality),
    number: wholeNumber(dataSet, TAG.seriesNumber),
    description: textOf(dataSet, TAG.seriesDescription),
    bodyPart: textOf(dataSet, TAG.bodyPartExamined),
    laterality: dataSet.code(TAG.laterality) ?? dataSet.code(TAG.imageLaterality),
    frameOfReference: dataSet.uid(TAG.frameOfReferenceUid),
  });
}

/**
 * The study of the objects of one request, its instances in sending order. What the first object says of the patient and the study
 * counts; undefined where not all of them are objects of one study that say what they are.
 */
export function studyContextOf(objects: readonly PlacedContext[]): Sensitive<StudyContext> | undefined {
  const read = objects.map(({ input, context }) => ({ input, said: context?.reveal('transfer') }));
  const first = read[0]?.said;
  if (first === undefined) return undefined;
  const bySeries = new Map<string, Omit<SeriesContext, 'instances'> & { readonly instances: InstanceContext[] }>();
  for (const { input, said } of read) {
    if (said?.studyUid !== first.studyUid) return undefined;
    const known = bySeries.get(said.seriesUid) ?? { ...said.series(), instances: [] };
    bySeries.set(said.seriesUid, known);
    known.instances.push({ ...said.instance, input });
  }
  return new Sensitive({ patient: first.patient(), study: first.study(), series: [...bySeries.values()] });
}

/** The first value, as text in Unicode. */
function textOf(dataSet: DataSet, tag: number, declaring: DataSet = dataSet): string | undefined {
  const element = dataSet.elements.get(tag);
  if (element === undefined || element.length === 0 || element.length > MAX_BYTES || element.items) return undefined;
  const [value = ''] = decodeText(dataSet.value(element), declaring.text(TAG.specificCharacterSet)).split('\\');
  // Controls have no place in these values, and every document that they go to would have to write them otherwise.
  const trimmed = value.replace(/\p{Cc}/gu, ' ').trim();
  return trimmed === '' || trimmed.length > MAX_CHARACTERS ? undefined : trimmed;
}

/** Of a name in several scripts the first that it is written in: any of the groups may be absent (PS3.5, 6.2.1.1). */
const firstScript = (name: string | undefined): string | undefined =>
  name
    ?.split('=')
    .map((group) => group.replace(/\^+$/, '').trim())
    .find((group) => group !== '');

const matching = (text: string | undefined, pattern: RegExp): string | undefined =>
  text !== undefined && pattern.test(text) ? text : undefined;

function wholeNumber(dataSet: DataSet, tag: number): number | undefined {
  const value = dataSet.decimal(tag);
  return value !== undefined && Number.isInteger(value) ? value : undefined;
}

/** Code systems by the designators that DICOM knows them by (PS3.16, table 8-1). */
const DESIGNATORS: Readonly<Record<string, string>> = {
  SCT: 'http://snomed.info/sct',
  LN: 'http://loinc.org',
  DCM: 'http://dicom.nema.org/resources/ontology/DCM',
  RADLEX: 'http://radlex.org',
};

/** The code of an item of a code sequence (PS3.3, 8.8); an item has the character set of its object. */
function codeOf(item: DataSet | undefined, object: DataSet): Coded | undefined {
  if (item === undefined) return undefined;
  const text = (tag: number): string | undefined => textOf(item, tag, object);
  const [code, scheme] = [text(TAG.codeValue) ?? text(TAG.longCodeValue), text(TAG.codingSchemeDesignator)];
  if (code === undefined || scheme === undefined) return undefined;
  const system = DESIGNATORS[scheme] ?? `urn:medserve:dicom:scheme:${encodeURIComponent(scheme)}`;
  return { code, system, display: text(TAG.codeMeaning) ?? code };
}

/** Members that are undefined are left out. */
const present = <T extends object>(members: { readonly [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
