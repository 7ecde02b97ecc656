import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ADD_INSTANCES, ARCHIVE_TENANTS, DROP_ARCHIVE_FUNCTIONS } from './archive-functions';
import { ownRowsOnly } from './own-rows';

/**
 * What the archive has: a study, its series, its instances. The files are plain ones beside the database; a row that speaks of a file
 * is what makes it an instance. Attributes are the elements of the DICOM JSON model by their tags. Columns that repeat one of them are
 * what studies are searched by: an index on an expression would not be used behind row security.
 *
 * A study that was removed leaves a row with nothing of the patient but the keyed hash: `removed_at` says since when.
 */
const STUDY = `
CREATE TABLE dicom_study (
  tenant text NOT NULL,
  study_uid text NOT NULL,
  patient text CHECK (patient ~ '^[0-9a-f]{64}$'),
  patient_id text,
  accession text,
  study_date text,
  attributes jsonb NOT NULL DEFAULT '{}',
  names jsonb NOT NULL DEFAULT '{}',
  modalities text[] NOT NULL DEFAULT '{}',
  sop_classes text[] NOT NULL DEFAULT '{}',
  instances int NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  received int NOT NULL DEFAULT 0,
  received_bytes bigint NOT NULL DEFAULT 0,
  sender text NOT NULL,
  route text,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_instance_at timestamptz NOT NULL DEFAULT now(),
  batch_ended_at timestamptz,
  changed_at timestamptz NOT NULL DEFAULT now(),
  removed_at timestamptz,
  PRIMARY KEY (tenant, study_uid)
);
CREATE INDEX dicom_study_changed ON dicom_study (tenant, changed_at);
CREATE INDEX dicom_study_date ON dicom_study (tenant, study_date);
CREATE INDEX dicom_study_patient_id ON dicom_study (tenant, patient_id);
CREATE INDEX dicom_study_accession ON dicom_study (tenant, accession);
CREATE INDEX dicom_study_patient ON dicom_study (tenant, patient);
`;

const SERIES = `
CREATE TABLE dicom_series (
  tenant text NOT NULL,
  study_uid text NOT NULL,
  series_uid text NOT NULL,
  attributes jsonb NOT NULL,
  names jsonb NOT NULL,
  instances int NOT NULL,
  bytes bigint NOT NULL,
  is_own boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, study_uid, series_uid)
);
CREATE INDEX dicom_series_uid ON dicom_series (tenant, series_uid);
`;

/**
 * One SOP Instance UID is one instance of a tenant, wherever it stands. Only the key begins with the tenant: while there are few rows an
 * index that begins so looks as good as the key to a plan that is made once, which then reads all of a tenant for each instance.
 */
const INSTANCE = `
CREATE TABLE dicom_instance (
  tenant text NOT NULL,
  sop_instance_uid text NOT NULL,
  study_uid text NOT NULL,
  series_uid text NOT NULL,
  sop_class_uid text NOT NULL,
  transfer_syntax_uid text NOT NULL,
  file uuid NOT NULL,
  data_set_offset int NOT NULL,
  bytes bigint NOT NULL,
  sha256 bytea NOT NULL,
  door text NOT NULL CHECK (door IN ('dimse', 'stow', 'own')),
  attributes jsonb NOT NULL,
  names jsonb NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, sop_instance_uid)
);
CREATE UNIQUE INDEX dicom_instance_file ON dicom_instance (file, tenant);
CREATE INDEX dicom_instance_series ON dicom_instance (study_uid, series_uid, tenant);
`;

/** Associations and requests that bring instances of a study. One that nothing came of for a while has ended unheard. */
const BATCH = `
CREATE TABLE dicom_batch (
  tenant text NOT NULL,
  batch text NOT NULL,
  study_uid text NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, batch, study_uid)
);
CREATE INDEX dicom_batch_study ON dicom_batch (tenant, study_uid);
`;

const TABLES = ['dicom_study', 'dicom_series', 'dicom_instance', 'dicom_batch'];

/** A recorder and the owner, who runs commands, remove; they write nothing. */
const RIGHTS = TABLES.map((table) => ownRowsOnly(table, undefined, 'SELECT, UPDATE, DELETE')).join('');

export class Archive1766000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(STUDY + SERIES + INSTANCE + BATCH + RIGHTS + ADD_INSTANCES + ARCHIVE_TENANTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`${DROP_ARCHIVE_FUNCTIONS} DROP TABLE ${TABLES.join(', ')};`);
  }
}
