import type { Door, KeptInstance } from '@medserve/archive';

export interface InstanceRow {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  readonly file: string;
  readonly dataSetOffset: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly door: Door;
  readonly receivedAt: Date;
  readonly patient?: string | null;
}

/** Of `dicom_instance`, alias `i`. */
export const INSTANCE_COLUMNS = `
  i.sop_instance_uid AS "sopInstanceUid", i.study_uid AS "studyUid", i.series_uid AS "seriesUid",
  i.sop_class_uid AS "sopClassUid", i.transfer_syntax_uid AS "transferSyntaxUid", i.file,
  i.data_set_offset AS "dataSetOffset", i.bytes::float8 AS bytes, encode(i.sha256, 'hex') AS sha256, i.door,
  i.received_at AS "receivedAt",
  (SELECT s.patient FROM dicom_study s WHERE s.tenant = i.tenant AND s.study_uid = i.study_uid) AS patient`;

export const keptFrom = (tenant: string, row: InstanceRow & { readonly sopInstanceUid: string }): KeptInstance => ({
  tenant,
  studyUid: row.studyUid,
  seriesUid: row.seriesUid,
  sopInstanceUid: row.sopInstanceUid,
  sopClassUid: row.sopClassUid,
  transferSyntaxUid: row.transferSyntaxUid,
  bytes: row.bytes,
  sha256: row.sha256,
  door: row.door,
  receivedAt: row.receivedAt,
  file: row.file,
  dataSetOffset: row.dataSetOffset,
  ...(typeof row.patient === 'string' ? { patient: row.patient } : {}),
});
