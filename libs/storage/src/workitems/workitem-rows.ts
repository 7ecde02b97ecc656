import type { InputReadiness, WorkitemDataSet, WorkitemPriority, WorkitemState } from '@medserve/studies';

export interface WorkitemKey {
  readonly tenant: string;
  /** UID of a workitem that was created, UUID of one that is the work of a route. */
  readonly uid: string;
}

/** What a workitem can be searched by, beside its data set. */
export interface WorkitemIndex {
  readonly label: string;
  readonly priority: WorkitemPriority;
  readonly readiness: InputReadiness;
  readonly scheduledAt: Date;
  readonly patientId?: string | undefined;
  readonly patientName?: string | undefined;
  readonly accession?: string | undefined;
  readonly studyUids: readonly string[];
  /** SOP Instance UIDs that it names as its inputs. */
  readonly inputs: readonly string[];
}

export interface NewWorkitem extends WorkitemKey, WorkitemIndex {
  readonly dataSet: WorkitemDataSet;
}

/** A workitem as it stands. */
export interface FacedWorkitem {
  /** Of one that was created. */
  readonly uid: string | null;
  /** Of the work of a route: its UID is made of it. */
  readonly uuid: string | null;
  readonly state: WorkitemState;
  readonly label: string;
  readonly priority: WorkitemPriority;
  readonly readiness: InputReadiness;
  readonly scheduledAt: Date;
  readonly modifiedAt: Date;
  readonly endedAt: Date | null;
  /** When the work of its route was decided. */
  readonly begunAt: Date | null;
  /** As it was sent and updated; of the work of a route there is none. */
  readonly dataSet: WorkitemDataSet | null;
  readonly revision: number;
  readonly transactionUid: string | null;
  /** Whether the platform performs it. */
  readonly isOurs: boolean;
  /** The generation that is worked on, once there is one. */
  readonly studyUid: string | null;
  readonly generation: number | null;
  /** Why it was cancelled, where the platform says so: a word and a sentence. */
  readonly reason: string | null;
  readonly says: string | null;
  /** What the archive knows of the patient and the study of a route's work, as DICOM JSON. */
  readonly patient: WorkitemDataSet | null;
  /** Objects that were made. */
  readonly results: readonly WorkitemInstance[];
}

export interface WorkitemInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesUid: string;
}

/** Of a root alone there are several: one for each route. */
export const WORK_UUID = 'medserve_workitem(root, label)';
export const rootOf = (uuid: string): string => `(left(replace(${uuid}::text, '-', ''), 20) || '000000000000')::uuid`;

export const FACE = `
uid, CASE WHEN root IS NOT NULL THEN ${WORK_UUID} END AS uuid, state, label, priority, readiness, scheduled_at AS "scheduledAt", modified_at AS "modifiedAt", ended_at AS "endedAt",
begun_at AS "begunAt", data_set AS "dataSet", revision, transaction_uid AS "transactionUid", is_ours AS "isOurs", study_uid AS "studyUid",
generation, reason, says, patient,
coalesce((SELECT json_agg(json_build_object('sopClassUid', sop_class_uid, 'sopInstanceUid', sop_instance_uid, 'seriesUid', series_uid)
    ORDER BY place)
  FROM study_result AS made WHERE (made.tenant, made.study_uid, made.generation) = (face.tenant, face.study_uid, face.generation)
    AND face.state = 'COMPLETED'), '[]') AS results`;

export const indexValues = (item: WorkitemIndex): unknown[] => [
  item.label,
  item.priority,
  item.readiness,
  item.scheduledAt,
  item.patientId ?? null,
  item.patientName ?? null,
  item.accession ?? null,
  item.studyUids,
  item.inputs,
];
