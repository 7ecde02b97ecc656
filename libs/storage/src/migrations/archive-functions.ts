/**
 * Writes any number of instances, of any tenants, in one statement and so in one commit and one round trip, with their series and
 * studies. Runs with the rights of the caller: it names the tenants that its transaction is for, and row security judges by them.
 *
 * An instance whose UID is taken writes nothing; where another transaction is just taking it, its end is waited for. What is there then
 * comes back. Rows are taken in the order of their keys, so that gateways which write the same at once never wait in a circle.
 *
 * Of attributes that the instances of a study say differently the first counts: who sends one more cannot rename the patient of all.
 */
export const ADD_INSTANCES = `
CREATE FUNCTION medserve_add_instances(_tenants text[], _instances jsonb) RETURNS TABLE (
  asked uuid, is_new boolean, study_uid text, series_uid text, sop_class_uid text, transfer_syntax_uid text, file uuid,
  data_set_offset int, bytes bigint, sha256 bytea, door text, received_at timestamptz
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  _added int;
BEGIN
  PERFORM set_config('medserve.tenant', _tenants::text, true);
  RETURN QUERY
  WITH asked AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(_instances) AS asked (
      tenant text, sop_instance_uid text, study_uid text, series_uid text, sop_class_uid text, transfer_syntax_uid text,
      file uuid, data_set_offset int, bytes bigint, sha256 text, door text, received_at timestamptz,
      sender text, route text, batch text, patient text, patient_id text, accession text, study_date text, modality text,
      study jsonb, study_names jsonb, series jsonb, series_names jsonb, instance jsonb, instance_names jsonb)
  ), added AS (
    INSERT INTO dicom_instance (tenant, sop_instance_uid, study_uid, series_uid, sop_class_uid, transfer_syntax_uid, file,
      data_set_offset, bytes, sha256, door, attributes, names, received_at)
    SELECT tenant, sop_instance_uid, study_uid, series_uid, sop_class_uid, transfer_syntax_uid, file, data_set_offset, bytes,
      decode(sha256, 'hex'), door, instance, instance_names, received_at
    FROM asked ORDER BY tenant, sop_instance_uid
    ON CONFLICT (tenant, sop_instance_uid) DO NOTHING RETURNING dicom_instance.file
  ), fresh AS MATERIALIZED (
    SELECT asked.* FROM asked JOIN added ON added.file = asked.file
  ), serieses AS (
    INSERT INTO dicom_series AS known (tenant, study_uid, series_uid, attributes, names, instances, bytes, is_own)
    SELECT tenant, study_uid, series_uid, (array_agg(series ORDER BY received_at))[1],
      (array_agg(series_names ORDER BY received_at))[1], count(*), sum(bytes), bool_and(door = 'own')
    FROM fresh GROUP BY tenant, study_uid, series_uid ORDER BY tenant, study_uid, series_uid
    ON CONFLICT (tenant, study_uid, series_uid) DO UPDATE SET
      attributes = excluded.attributes || known.attributes, names = excluded.names || known.names,
      instances = known.instances + excluded.instances, bytes = known.bytes + excluded.bytes,
      is_own = known.is_own AND excluded.is_own
  ), studies AS (
    INSERT INTO dicom_study AS known (tenant, study_uid, patient, patient_id, accession, study_date, attributes, names,
      modalities, sop_classes, instances, bytes, received, received_bytes, sender, route, last_instance_at, changed_at)
    SELECT tenant, study_uid, min(patient), min(patient_id), min(accession), min(study_date),
      (array_agg(study ORDER BY received_at))[1], (array_agg(study_names ORDER BY received_at))[1],
      coalesce(array_agg(DISTINCT modality) FILTER (WHERE modality <> ''), '{}'), array_agg(DISTINCT sop_class_uid), count(*), sum(bytes),
      count(*) FILTER (WHERE door <> 'own'), coalesce(sum(bytes) FILTER (WHERE door <> 'own'), 0),
      (array_agg(sender ORDER BY received_at DESC))[1], max(route), clock_timestamp(), clock_timestamp()
    FROM fresh GROUP BY tenant, study_uid ORDER BY tenant, study_uid
    ON CONFLICT (tenant, study_uid) DO UPDATE SET
      patient = CASE WHEN known.removed_at IS NULL THEN coalesce(known.patient, excluded.patient)
        ELSE coalesce(excluded.patient, known.patient) END,
      patient_id = coalesce(known.patient_id, excluded.patient_id),
      accession = coalesce(known.accession, excluded.accession), study_date = coalesce(known.study_date, excluded.study_date),
      attributes = excluded.attributes || known.attributes, names = excluded.names || known.names,
      modalities = ARRAY(SELECT DISTINCT unnest(known.modalities || excluded.modalities) ORDER BY 1),
      sop_classes = ARRAY(SELECT DISTINCT unnest(known.sop_classes || excluded.sop_classes) ORDER BY 1),
      instances = known.instances + excluded.instances, bytes = known.bytes + excluded.bytes,
      received = known.received + excluded.received, received_bytes = known.received_bytes + excluded.received_bytes,
      sender = CASE WHEN excluded.received > 0 THEN excluded.sender ELSE known.sender END,
      route = coalesce(excluded.route, known.route),
      created_at = CASE WHEN known.removed_at IS NULL THEN known.created_at ELSE now() END,
      last_instance_at = CASE WHEN excluded.received > 0 THEN excluded.last_instance_at ELSE known.last_instance_at END,
      changed_at = excluded.changed_at, removed_at = NULL
  ), batches AS (
    INSERT INTO dicom_batch AS known (tenant, batch, study_uid)
    SELECT DISTINCT tenant, batch, study_uid FROM fresh WHERE door <> 'own' ORDER BY tenant, batch, study_uid
    ON CONFLICT (tenant, batch, study_uid) DO UPDATE SET seen_at = now()
    WHERE known.seen_at < now() - interval '10 seconds'
  )
  SELECT file, true, study_uid, series_uid, sop_class_uid, transfer_syntax_uid, file, data_set_offset, bytes,
    decode(sha256, 'hex'), door, received_at
  FROM fresh;
  GET DIAGNOSTICS _added = ROW_COUNT;
  IF _added = jsonb_array_length(_instances) THEN
    RETURN;
  END IF;
  -- A statement of its own: it sees what another transaction has committed while this one waited for it.
  RETURN QUERY
  SELECT asked.file, false, known.study_uid, known.series_uid, known.sop_class_uid, known.transfer_syntax_uid, known.file,
    known.data_set_offset, known.bytes, known.sha256, known.door, known.received_at
  FROM jsonb_to_recordset(_instances) AS asked (tenant text, sop_instance_uid text, file uuid)
  JOIN dicom_instance known ON known.tenant = asked.tenant AND known.sop_instance_uid = asked.sop_instance_uid
  WHERE known.file <> asked.file;
END $$;
`;

/** As before, and of each study all whom its instances show, not the first alone. */
export const ADD_INSTANCES_OF_PATIENTS = (
  [
    ['CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION'],
    ['known (tenant, study_uid, patient, patient_id,', 'known (tenant, study_uid, patient, patients, patient_id,'],
    [
      'SELECT tenant, study_uid, min(patient), min(patient_id),',
      `SELECT tenant, study_uid, min(patient), coalesce(array_agg(DISTINCT patient) FILTER (WHERE patient IS NOT NULL), '{}'),
      min(patient_id),`,
    ],
    [
      'patient_id = coalesce(known.patient_id, excluded.patient_id),',
      `patients = CASE WHEN known.patients @> excluded.patients THEN known.patients
        ELSE ARRAY(SELECT DISTINCT unnest(known.patients || excluded.patients) ORDER BY 1) END,
      patient_id = coalesce(known.patient_id, excluded.patient_id),`,
    ],
  ] as const
).reduce((text: string, [before, now]) => text.replace(before, now), ADD_INSTANCES);

/** Who has studies, for who may not see them: ids of tenants and nothing else. It runs with the rights of its owner. */
export const ARCHIVE_TENANTS = `
CREATE FUNCTION medserve_archive_tenants() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  WITH RECURSIVE next AS (
    (SELECT tenant FROM dicom_study ORDER BY tenant LIMIT 1)
    UNION ALL
    SELECT (SELECT tenant FROM dicom_study WHERE tenant > next.tenant ORDER BY tenant LIMIT 1) FROM next WHERE next.tenant IS NOT NULL
  ) SELECT tenant FROM next WHERE tenant IS NOT NULL
$$;
REVOKE ALL ON FUNCTION medserve_archive_tenants FROM PUBLIC;
GRANT EXECUTE ON FUNCTION medserve_archive_tenants TO medserve_gateway, medserve_recorder;
CREATE FUNCTION medserve_archive_bytes() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ SELECT coalesce(sum(bytes), 0)::bigint FROM dicom_study $$;
REVOKE ALL ON FUNCTION medserve_archive_bytes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION medserve_archive_bytes TO medserve_gateway, medserve_recorder;
`;

export const DROP_ARCHIVE_FUNCTIONS =
  'DROP FUNCTION medserve_add_instances, medserve_archive_tenants, medserve_archive_bytes;';
