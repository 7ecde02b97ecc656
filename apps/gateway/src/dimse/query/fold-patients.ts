import type { QueryRow } from '@medserve/archive';
import { ServingError } from '@medserve/errors';
import { hexOf, type JsonAttributes } from '@medserve/imaging';
import { TAG } from './tags';

/** More than that in one answer is a mistake, or a dump. */
const MAX_PATIENTS = 20_000;

interface Folded {
  readonly attributes: JsonAttributes;
  studies: number;
  series: number;
  instances: number;
}

/**
 * The patients of studies, each once (by ID and its issuer), with what was counted of them (PS3.4 C.3.1.1).
 *
 * @throws ServingError `too_large` for more patients than are answered at once
 */
export async function foldPatients(rows: AsyncIterable<QueryRow>): Promise<JsonAttributes[]> {
  const patients = new Map<string, Folded>();
  for await (const { attributes } of rows) {
    const key = JSON.stringify([TAG.patientId, TAG.issuerOfPatientId].map((tag) => attributes[hexOf(tag)]?.Value?.[0]));
    const patient = patients.get(key) ?? { attributes, studies: 0, series: 0, instances: 0 };
    patients.set(key, patient);
    if (patients.size > MAX_PATIENTS)
      throw new ServingError('too_large', 'There are too many patients: ask for fewer.');
    patient.studies += 1;
    patient.series += numberOf(attributes, TAG.studyRelatedSeries);
    patient.instances += numberOf(attributes, TAG.studyRelatedInstances);
  }
  return [...patients.values()].map(({ attributes, studies, series, instances }) => ({
    ...attributes,
    [hexOf(TAG.patientRelatedStudies)]: { vr: 'IS', Value: [studies] },
    [hexOf(TAG.patientRelatedSeries)]: { vr: 'IS', Value: [series] },
    [hexOf(TAG.patientRelatedInstances)]: { vr: 'IS', Value: [instances] },
  }));
}

const numberOf = (attributes: JsonAttributes, tag: number): number =>
  Number(attributes[hexOf(tag)]?.Value?.[0] ?? 0) || 0;
