import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ADD_INSTANCES, ADD_INSTANCES_OF_PATIENTS } from './archive-functions';

/**
 * All whom the instances of a study show. A study is of one patient (PS3.3, A.1.2), but an id that somebody corrects while it is taken
 * stands in some of its instances only: by each of them it has to be found when a patient is forgotten, or on hold. Of rows of before
 * the first is known alone, which stays in `patient`.
 */
const PATIENTS = `
ALTER TABLE dicom_study ADD COLUMN patients text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN dicom_study.patients IS 'keyed hashes of all whom instances of it show, since this column is there';
`;

export class PatientsOfStudies1768000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PATIENTS + ADD_INSTANCES_OF_PATIENTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    const before = ADD_INSTANCES.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION');
    await runner.query(`${before} ALTER TABLE dicom_study DROP COLUMN patients;`);
  }
}
