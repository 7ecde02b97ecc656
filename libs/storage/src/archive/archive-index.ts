import type {
  ArchiveQuery,
  Found,
  Indexing,
  InstanceIndex,
  NewInstance,
  QueryAnswer,
  Removal,
  StudyKey,
  StudySummary,
} from '@medserve/archive';
import { orUnavailable, type Database, type Queryable } from '../database/database';
import { UUID } from '../database/uuid';
import { INSTANCE_COLUMNS, keptFrom, type InstanceRow } from './instance-rows';
import type { InstanceWriter } from './instance-writer';
import { search } from './search';
import { STUDY_COLUMNS, summaryFrom, type StudyRow } from './study-rows';

const FIND = `
SELECT ${INSTANCE_COLUMNS} FROM dicom_instance i
WHERE i.tenant = $1 AND i.study_uid = $2 AND ($3::text IS NULL OR i.series_uid = $3)
  AND ($4::text IS NULL OR i.sop_instance_uid = $4)
ORDER BY i.received_at, i.sop_instance_uid`;
const WAS_REMOVED =
  'SELECT removed_at IS NOT NULL AS "wasRemoved" FROM dicom_study WHERE tenant = $1 AND study_uid = $2';
const STUDY = `SELECT ${STUDY_COLUMNS} FROM dicom_study s WHERE s.tenant = $1 AND s.study_uid = $2 AND s.removed_at IS NULL`;
const CHANGED = `
SELECT ${STUDY_COLUMNS} FROM dicom_study s
WHERE s.tenant = $1 AND s.changed_at >= $2 AND s.removed_at IS NULL ORDER BY s.changed_at, s.study_uid LIMIT $3`;
/** What is on hold stays: of a patient, of the whole tenant; and where nobody said whom a study shows, while anybody is. */
const HELD = `EXISTS (SELECT FROM legal_hold AS hold WHERE hold.tenant = s.tenant AND hold.released_at IS NULL
  AND (hold.patient IS NULL OR s.patient IS NULL OR hold.patient = s.patient OR hold.patient = ANY (s.patients)))`;
const UNCHANGED = `
SELECT study_uid AS "studyUid" FROM dicom_study s
WHERE tenant = $1 AND changed_at < $2 AND removed_at IS NULL AND NOT ${HELD} ORDER BY changed_at LIMIT $3`;
const OF_PATIENT =
  'SELECT study_uid AS "studyUid" FROM dicom_study WHERE tenant = $1 AND (patient = $2 OR $2 = ANY (patients)) ORDER BY study_uid';
const PATIENTS = `
SELECT DISTINCT shown AS patient FROM dicom_study, unnest(array_append(patients, patient)) AS shown
WHERE tenant = $1 AND study_uid = $2 AND removed_at IS NULL AND shown IS NOT NULL ORDER BY 1`;
const END_BATCH = `
WITH ended AS (DELETE FROM dicom_batch WHERE tenant = $1 AND batch = $2 RETURNING study_uid)
UPDATE dicom_study s SET batch_ended_at = clock_timestamp(), changed_at = clock_timestamp()
FROM ended WHERE s.tenant = $1 AND s.study_uid = ended.study_uid AND s.removed_at IS NULL`;
const WITHOUT_ROW = `
SELECT file FROM unnest($2::uuid[]) AS asked (file)
WHERE NOT EXISTS (SELECT FROM dicom_instance i WHERE i.tenant = $1 AND i.file = asked.file)`;

const LOCK = `
SELECT changed_at AS "changedAt" FROM dicom_study s
WHERE tenant = $1 AND study_uid = $2 AND ($3::timestamptz IS NULL OR (changed_at < $3 AND NOT ${HELD})) FOR UPDATE`;
const DELETE_INSTANCES = 'DELETE FROM dicom_instance WHERE tenant = $1 AND study_uid = $2 RETURNING file';
const DELETE_REST = [
  'DELETE FROM dicom_series WHERE tenant = $1 AND study_uid = $2',
  'DELETE FROM dicom_batch WHERE tenant = $1 AND study_uid = $2',
];
const DELETE_STUDY = 'DELETE FROM dicom_study WHERE tenant = $1 AND study_uid = $2';
/** The keyed hash stays: by it the trace is found, and what was done with the study, when its patient is to be forgotten. */
const LEAVE_TRACE = `
UPDATE dicom_study SET removed_at = now(), changed_at = now(), patient_id = NULL, accession = NULL,
  study_date = NULL, attributes = '{}', names = '{}', modalities = '{}', sop_classes = '{}', instances = 0, bytes = 0,
  received = 0, received_bytes = 0, sender = '', route = NULL, batch_ended_at = NULL
WHERE tenant = $1 AND study_uid = $2`;

/** The archive's index in PostgreSQL. */
export class ArchiveIndex implements InstanceIndex {
  constructor(
    private readonly database: Database,
    private readonly writer: InstanceWriter,
  ) {}

  add(instance: NewInstance, durable: Promise<void>): Promise<Indexing> {
    return this.writer.add(instance, durable);
  }

  find(tenant: string, { studyUid, seriesUid, sopInstanceUid }: StudyKey): Promise<Found> {
    return this.inTenant(tenant, async (client): Promise<Found> => {
      const values = [tenant, studyUid, seriesUid ?? null, sopInstanceUid ?? null];
      const rows = await client.rows<InstanceRow & { sopInstanceUid: string }>({
        name: 'archive-find',
        text: FIND,
        values,
      });
      if (rows.length > 0) return { kind: 'found', instances: rows.map((row) => keptFrom(tenant, row)) };
      const [study] = await client.rows<{ wasRemoved: boolean }>({ text: WAS_REMOVED, values: [tenant, studyUid] });
      return { kind: study?.wasRemoved === true ? 'gone' : 'unknown' };
    });
  }

  query(query: ArchiveQuery): Promise<QueryAnswer> {
    return this.inTenant(query.tenant, (client) => search(client, query));
  }

  study(tenant: string, studyUid: string): Promise<StudySummary | undefined> {
    return this.inTenant(tenant, async (client) => {
      const [row] = await client.rows<StudyRow>({ name: 'archive-study', text: STUDY, values: [tenant, studyUid] });
      return row && summaryFrom(tenant, row);
    });
  }

  changedStudies(tenant: string, since: Date, limit: number): Promise<StudySummary[]> {
    return this.inTenant(tenant, async (client) => {
      const rows = await client.rows<StudyRow>({ text: CHANGED, values: [tenant, since, limit] });
      return rows.map((row) => summaryFrom(tenant, row));
    });
  }

  async endBatch(tenant: string, batch: string): Promise<void> {
    await this.inTenant(tenant, (client) => client.rows({ text: END_BATCH, values: [tenant, batch] }));
  }

  async tenants(): Promise<string[]> {
    const text = 'SELECT medserve_archive_tenants() AS tenant';
    return (await orUnavailable(this.database.rows<{ tenant: string }>({ text, values: [] }))).map(
      ({ tenant }) => tenant,
    );
  }

  unchangedStudies(tenant: string, since: Date, limit: number): Promise<string[]> {
    return this.uids(tenant, UNCHANGED, [tenant, since, limit]);
  }

  /** Keyed hashes of all whom the instances of a study show, as far as it is known; none where it is not there. */
  patientsOf(tenant: string, studyUid: string): Promise<readonly string[]> {
    return this.inTenant(tenant, async (client) => {
      const rows = await client.rows<{ patient: string }>({ text: PATIENTS, values: [tenant, studyUid] });
      return rows.map(({ patient }) => patient);
    });
  }

  studiesOfPatient(tenant: string, patient: string): Promise<string[]> {
    return this.uids(tenant, OF_PATIENT, [tenant, patient]);
  }

  remove({ tenant, studyUid, leavesTrace, unchangedSince }: Removal): Promise<readonly string[]> {
    const values = [tenant, studyUid];
    return this.inTenant(tenant, async (client) => {
      const [study] = await client.rows({ text: LOCK, values: [...values, unchangedSince ?? null] });
      if (study === undefined) return [];
      const instances = await client.rows<{ file: string }>({ text: DELETE_INSTANCES, values });
      for (const text of DELETE_REST) await client.rows({ text, values });
      await client.rows({ text: leavesTrace ? LEAVE_TRACE : DELETE_STUDY, values });
      return instances.map(({ file }) => file);
    });
  }

  async filesWithoutRow(tenant: string, files: readonly string[]): Promise<string[]> {
    const values = [tenant, files.filter((file) => UUID.test(file))];
    const rows = await this.inTenant(tenant, (client) => client.rows<{ file: string }>({ text: WITHOUT_ROW, values }));
    return rows.map(({ file }) => file);
  }

  async bytes(): Promise<number> {
    const text = 'SELECT medserve_archive_bytes()::float8 AS bytes';
    const [row] = await orUnavailable(this.database.rows<{ bytes: number }>({ text, values: [] }));
    return row?.bytes ?? 0;
  }

  private async uids(tenant: string, text: string, values: unknown[]): Promise<string[]> {
    const rows = await this.inTenant(tenant, (client) => client.rows<{ studyUid: string }>({ text, values }));
    return rows.map(({ studyUid }) => studyUid);
  }

  private inTenant<T>(tenant: string, work: (client: Queryable) => Promise<T>): Promise<T> {
    return orUnavailable(this.database.forTenant(tenant, work));
  }
}
