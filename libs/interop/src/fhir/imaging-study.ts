import type { SeriesContext, StudyContext } from '@medserve/clinical';
import { labelSystemOf, SYSTEM } from '../codes/systems';
import { reportId } from '../identity/result-identity';
import type { InteropInput, ResultInstance } from '../input';
import { accessionIdentifier, codeOf, conceptOf, given, narrative, some, startedOf, uidIdentifier } from './elements';
import { patientReference } from './patient';
import type { Coding, ImagingStudy, ImagingStudySeries, Reference } from './r4';

const dicomCode = (code: string): Coding => ({ system: SYSTEM.dicom, code });
const sopClass = (uid: string): Coding => ({ system: 'urn:ietf:rfc:3986', code: `urn:oid:${uid}` });

/** The study as far as it was read here. */
export function imagingStudyOf(input: InteropInput, context: StudyContext): ImagingStudy {
  const { study } = context;
  const series = context.series.map(seriesOf);
  const modalities = [...new Set(series.map(({ modality }) => modality.code))];
  const instances = series.reduce((sum, { numberOfInstances }) => sum + numberOfInstances, 0);
  return given<ImagingStudy>({
    resourceType: 'ImagingStudy',
    id: reportId(input),
    text: narrative([`Imaging study: ${modalities.join(', ')}, ${String(series.length)} series`]),
    identifier: [
      uidIdentifier(study.uid),
      ...(study.accession === undefined ? [] : [accessionIdentifier(study.accession)]),
    ],
    status: 'available',
    modality: some(modalities.map(dicomCode)),
    subject: subjectOf(context),
    started: startedOf(study),
    basedOn: some(basedOn(context)),
    referrer:
      study.referringPhysician === undefined
        ? undefined
        : { display: study.referringPhysician.replaceAll('^', ' ').trim() },
    numberOfSeries: series.length,
    numberOfInstances: instances,
    procedureCode:
      study.procedure === undefined ? undefined : [conceptOf([study.procedure], labelSystemOf('procedure'))],
    description: study.description,
    series: some(series),
  });
}

/** Within the report. */
const MADE = 'ai-objects';

/**
 * The same study with the DICOM objects that were made of the result, and nothing else: contained in the report, so that what corrects
 * the report replaces them. In the study's own resource, which is its hospital's, those of the first generation would stand for ever; and a
 * second resource of one Study Instance UID would make whoever looks for the study find two.
 */
export function madeStudyOf({ instances = [] }: InteropInput, context: StudyContext): ImagingStudy | undefined {
  if (instances.length === 0) return undefined;
  const series = madeSeries(instances);
  return given<ImagingStudy>({
    resourceType: 'ImagingStudy',
    id: MADE,
    identifier: [uidIdentifier(context.study.uid)],
    status: 'available',
    modality: [...new Set(series.map(({ modality }) => modality.code))].map(dicomCode),
    subject: subjectOf(context),
    started: startedOf(context.study),
    numberOfSeries: series.length,
    numberOfInstances: instances.length,
    description: 'Objects made of the AI result',
    series,
  });
}

export const madeStudyReference: Reference = { reference: `#${MADE}`, display: 'Objects made of the AI result' };

const subjectOf = (context: StudyContext): Reference =>
  patientReference(context) ?? { type: 'Patient', display: 'Not named by the images' };

/** The order, by its accession number. */
export const basedOn = (context: StudyContext | undefined): Reference[] => {
  const accession = context?.study.accession;
  return accession === undefined ? [] : [{ type: 'ServiceRequest', identifier: accessionIdentifier(accession) }];
};

/** A term of CS without spaces (PS3.3 C.7.3.1.1.1). */
const IS_MODALITY = /^[A-Z0-9_]{1,16}$/;

function seriesOf(series: SeriesContext): ImagingStudySeries {
  const { uid, number, modality, description, bodyPart, laterality, instances } = series;
  return given<ImagingStudySeries>({
    uid,
    number: unsigned(number),
    // A series of which no header says it, or what cannot be one, is of "other" kind.
    modality: dicomCode(modality !== undefined && IS_MODALITY.test(modality) ? modality : 'OT'),
    description,
    numberOfInstances: instances.length,
    bodySite:
      bodyPart === undefined
        ? undefined
        : { system: 'urn:medserve:dicom:body-part', code: codeOf(bodyPart), display: bodyPart },
    laterality: laterality === undefined ? undefined : lateralityOf(laterality),
    instance: instances.map(({ sopInstanceUid, sopClassUid, number: place }) =>
      given({ uid: sopInstanceUid, sopClass: sopClass(sopClassUid), number: unsigned(place) }),
    ),
  });
}

function madeSeries(instances: readonly ResultInstance[]): ImagingStudySeries[] {
  const bySeries = new Map<string, ResultInstance[]>();
  for (const one of instances) bySeries.set(one.seriesUid, [...(bySeries.get(one.seriesUid) ?? []), one]);
  return [...bySeries].map(([uid, made]) => ({
    uid,
    modality: dicomCode(made[0]?.modality ?? 'OT'),
    description: 'AI result',
    numberOfInstances: made.length,
    instance: made.map(({ sopInstanceUid, sopClassUid }) => ({ uid: sopInstanceUid, sopClass: sopClass(sopClassUid) })),
  }));
}

/** Of DICOM's integer strings FHIR's unsignedInt takes these. */
const unsigned = (number: number | undefined): number | undefined =>
  number !== undefined && Number.isInteger(number) && number >= 0 && number < 2 ** 31 ? number : undefined;

const SIDES: Readonly<Record<string, Coding>> = {
  L: { system: SYSTEM.snomed, code: '7771000', display: 'Left' },
  R: { system: SYSTEM.snomed, code: '24028007', display: 'Right' },
  B: { system: SYSTEM.snomed, code: '51440002', display: 'Bilateral' },
};

const lateralityOf = (side: string): Coding | undefined => SIDES[side];
