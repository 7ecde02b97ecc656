import type { JsonAttributes } from '@medserve/imaging';
import type { ArchiveOptions } from '../archive-options';

const PATIENT_ID = '00100020';
const ISSUER = '00100021';

const textOf = (attributes: JsonAttributes, tag: string): string | undefined => {
  const value = attributes[tag]?.Value?.[0];
  return typeof value === 'string' ? value : undefined;
};

/** The keyed hash of whom a study shows, where its header says it. */
export function patientOf(
  hash: ArchiveOptions['patientOf'],
  tenant: string,
  study: JsonAttributes,
): string | undefined {
  const id = textOf(study, PATIENT_ID);
  return id === undefined || hash === undefined ? undefined : hash(tenant, { id, issuer: textOf(study, ISSUER) });
}
