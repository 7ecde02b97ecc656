import type { StudySummary } from '@medserve/archive';

/** After this time without an instance a batch has ended unheard: whoever received it is no more. */
const BATCH_LIVES = `interval '5 minutes'`;

/** Of `dicom_study`, alias `s`. */
export const STUDY_COLUMNS = `
  s.study_uid AS "studyUid", s.instances, s.bytes::float8 AS bytes, s.modalities, s.received,
  s.received_bytes::float8 AS "receivedBytes", s.sender, s.route, s.created_at AS "createdAt",
  s.last_instance_at AS "lastInstanceAt", s.batch_ended_at AS "batchEndedAt", s.changed_at AS "changedAt",
  (SELECT count(*)::int FROM dicom_series r WHERE r.tenant = s.tenant AND r.study_uid = s.study_uid) AS series,
  (SELECT count(*)::int FROM dicom_series r
    WHERE r.tenant = s.tenant AND r.study_uid = s.study_uid AND NOT r.is_own) AS "receivedSeries",
  (SELECT count(*)::int FROM dicom_batch b WHERE b.tenant = s.tenant AND b.study_uid = s.study_uid
    AND b.seen_at > now() - ${BATCH_LIVES}) AS "openBatches"`;

export interface StudyRow {
  readonly studyUid: string;
  readonly instances: number;
  readonly bytes: number;
  readonly modalities: string[];
  readonly received: number;
  readonly receivedBytes: number;
  readonly sender: string;
  readonly route: string | null;
  readonly createdAt: Date;
  readonly lastInstanceAt: Date;
  readonly batchEndedAt: Date | null;
  readonly changedAt: Date;
  readonly series: number;
  readonly receivedSeries: number;
  readonly openBatches: number;
}

export const summaryFrom = (tenant: string, row: StudyRow): StudySummary => ({
  tenant,
  studyUid: row.studyUid,
  instances: row.instances,
  series: row.series,
  bytes: row.bytes,
  modalities: row.modalities,
  received: {
    instances: row.received,
    series: row.receivedSeries,
    bytes: row.receivedBytes,
    firstAt: row.createdAt,
    lastAt: row.lastInstanceAt,
    openBatches: row.openBatches,
    sender: row.sender,
    ...(row.batchEndedAt === null ? {} : { batchEndedAt: row.batchEndedAt }),
    ...(row.route === null ? {} : { route: row.route }),
  },
  changedAt: row.changedAt,
});
