import type { Queryable } from '../database/database';

const PATIENT = 'SELECT patient FROM dicom_study WHERE tenant = $1 AND study_uid = $2';

/** The member of an event that tells by a keyed hash whom a study shows; none where its header did not say it. */
export async function patientOfStudy(
  client: Queryable,
  tenant: string,
  studyUid: string,
): Promise<{ readonly patient?: string }> {
  const [row] = await client.rows<{ patient: string | null }>({
    name: 'study-patient',
    text: PATIENT,
    values: [tenant, studyUid],
  });
  return typeof row?.patient === 'string' ? { patient: row.patient } : {};
}
