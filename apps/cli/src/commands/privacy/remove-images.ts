import { existsSync } from 'node:fs';
import { Archive } from '@medserve/archive';
import type { SubjectReferences } from '@medserve/security';
import type { ContentSubject, Storage } from '@medserve/storage';

const PATIENT = 'patient:';

/** What was removed of a patient beside the stored answers. */
export interface RemovedImages {
  readonly studies: number;
  readonly workitems: number;
}

/** Whether there are studies that show a patient, or workitems about whom they show. */
export async function hasImages(
  storage: Storage,
  references: Pick<SubjectReferences, 'patient'>,
  tenant: string,
  subject: ContentSubject,
): Promise<boolean> {
  if (!subject.startsWith(PATIENT)) return false;
  const hash = subject.slice(PATIENT.length);
  if ((await storage.archive.studiesOfPatient(tenant, hash)).length > 0) return true;
  return (await namesOf(storage, references, tenant, hash)).length > 0;
}

/**
 * Removes without a trace all studies of the archive that show a patient, files and rows, and the workitems about them or about whom
 * they show.
 *
 * @param root folder of the studies
 * @throws Error where there are studies and the folder is not here
 */
export async function removeImages(
  storage: Storage,
  references: Pick<SubjectReferences, 'patient'>,
  root: string,
  tenant: string,
  subject: ContentSubject,
): Promise<RemovedImages> {
  if (!subject.startsWith(PATIENT)) return { studies: 0, workitems: 0 };
  const hash = subject.slice(PATIENT.length);
  const studyUids = await storage.archive.studiesOfPatient(tenant, hash);
  const workitems = await removeWorkitems(storage, references, tenant, hash, studyUids);
  if (studyUids.length === 0) return { studies: 0, workitems };
  if (!existsSync(root)) {
    throw new Error(
      `the answers are gone, and ${String(studyUids.length)} studies are not: there is no folder ${root}; run this again where the studies lie, with MEDSERVE_STUDIES_DIR`,
    );
  }
  const archive = await Archive.open({ root, index: storage.archive });
  try {
    return { studies: await archive.removePatient(tenant, hash), workitems };
  } finally {
    await archive.close();
  }
}

/** Workitems have no hash of whom they name: it is made of each name. */
const namesOf = async (
  { workitems: { patients } }: Storage,
  references: Pick<SubjectReferences, 'patient'>,
  tenant: string,
  hash: string,
) => (await patients.named(tenant)).filter((patient) => references.patient(tenant, patient) === hash);

async function removeWorkitems(
  storage: Storage,
  references: Pick<SubjectReferences, 'patient'>,
  tenant: string,
  hash: string,
  studyUids: readonly string[],
): Promise<number> {
  const { patients } = storage.workitems;
  const named = await namesOf(storage, references, tenant, hash);
  let removed = await patients.forget(tenant, { studyUids });
  for (const patient of named) removed += await patients.forget(tenant, { patient, studyUids: [] });
  return removed;
}
