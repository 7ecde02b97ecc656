import { orUnavailable, type Database } from '../database/database';

/** Whom a workitem names, as whoever created it wrote it. */
export interface WorkitemPatient {
  readonly id: string;
  readonly issuer: string | undefined;
}

const ISSUER = `data_set #>> '{00100021,Value,0}'`;
const PATIENTS = `
SELECT DISTINCT patient_id AS id, ${ISSUER} AS issuer FROM workitem WHERE tenant = $1 AND patient_id IS NOT NULL`;
const FORGET = `
DELETE FROM workitem
WHERE tenant = $1 AND (study_uids && $4::text[] OR (patient_id = $2 AND ${ISSUER} IS NOT DISTINCT FROM $3)) RETURNING 1`;

/** Workitems by whom they name, for who has to forget somebody. Methods throw ServingError `unavailable`. */
export class WorkitemPatients {
  constructor(private readonly database: Database) {}

  /** Everybody whom workitems of a tenant name. */
  async named(tenant: string): Promise<WorkitemPatient[]> {
    const rows = await orUnavailable(
      this.database.forTenant(tenant, (client) =>
        client.rows<{ id: string; issuer: string | null }>({ text: PATIENTS, values: [tenant] }),
      ),
    );
    return rows.map(({ id, issuer }) => ({ id, issuer: issuer ?? undefined }));
  }

  /** Removes workitems without a trace: those that name somebody, and those that are about one of some studies. @returns how many */
  async forget(
    tenant: string,
    of: { readonly patient?: WorkitemPatient; readonly studyUids: readonly string[] },
  ): Promise<number> {
    const values = [tenant, of.patient?.id ?? null, of.patient?.issuer ?? null, of.studyUids];
    const gone = await orUnavailable(
      this.database.forTenant(tenant, (client) => client.rows({ text: FORGET, values })),
    );
    return gone.length;
  }
}
