/**
 * `medserve_accept`, `medserve_end` and `medserve_write` with the trace of each request, as its event takes it along; what else they
 * do stands in `record-functions.ts`. Those without it stay beside them, told apart by how many parameters they have: gateways of
 * the release before go on writing while this one is rolled out.
 */
const ACCEPT = `
CREATE FUNCTION medserve_accept(_id uuid, _tenant text, _actor text, _key bytea, _fingerprint bytea, _owner bigint,
  _lease_ms float8, _event uuid, _payload bytea, _traceparent text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.tenant', ARRAY[_tenant]::text, true);
  INSERT INTO request (id, tenant, actor, status, idempotency_key_hash, fingerprint, owner, lease_until, accepted_event)
  VALUES (_id, _tenant, _actor, 'accepted', _key, _fingerprint, _owner, now() + make_interval(secs => _lease_ms / 1000), _event)
  ON CONFLICT (tenant, idempotency_key_hash) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO outbox (event, tenant, request, payload, traceparent) VALUES (_event, _tenant, _id, _payload, _traceparent);
  RETURN true;
END $$;
`;

const END = `
CREATE FUNCTION medserve_end(_id uuid, _tenant text, _status text, _result bytea, _content_type text, _event uuid,
  _payload bytea, _traceparent text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.tenant', ARRAY[_tenant]::text, true);
  UPDATE request SET status = _status, result = _result, content_type = _content_type, final_event = _event, ended_at = now(),
    idempotency_key_hash = CASE WHEN _status = 'completed' THEN idempotency_key_hash END
  WHERE id = _id AND tenant IS NOT DISTINCT FROM _tenant AND final_event IS NULL;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO outbox (event, tenant, request, payload, traceparent) VALUES (_event, _tenant, _id, _payload, _traceparent);
  RETURN true;
END $$;
`;

const WRITE = `
CREATE FUNCTION medserve_write(_tenants text[],
  _ids uuid[], _of text[], _actors text[], _keys bytea[], _fingerprints bytea[], _owners bigint[], _leases_ms float8[],
  _accepted uuid[], _accepted_payloads bytea[], _accepted_traceparents text[],
  _ended_ids uuid[], _ended_of text[], _statuses text[], _results bytea[], _content_types text[], _ended uuid[],
  _ended_payloads bytea[], _ended_traceparents text[],
  _told uuid[], _told_of text[], _told_payloads bytea[]
) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.tenant', _tenants::text, true);
  RETURN QUERY
  WITH asked AS (
    SELECT * FROM unnest(_ids, _of, _actors, _keys, _fingerprints, _owners, _leases_ms, _accepted, _accepted_payloads,
      _accepted_traceparents)
      AS asked (id, tenant, actor, key, fingerprint, owner, lease_ms, event, payload, traceparent)
  ), accepted AS (
    INSERT INTO request (id, tenant, actor, status, idempotency_key_hash, fingerprint, owner, lease_until, accepted_event)
    SELECT id, tenant, actor, 'accepted', key, fingerprint, owner, now() + make_interval(secs => lease_ms / 1000), event
    FROM asked
    ON CONFLICT (tenant, idempotency_key_hash) DO NOTHING RETURNING accepted_event
  ), ended AS (
    UPDATE request SET status = said.status, final_event = said.event, result = said.result,
      content_type = said.content_type, ended_at = now(),
      idempotency_key_hash = CASE WHEN said.status = 'completed' THEN idempotency_key_hash END
    FROM unnest(_ended_ids, _ended_of, _statuses, _results, _content_types, _ended, _ended_payloads, _ended_traceparents)
      AS said (id, tenant, status, result, content_type, event, payload, traceparent)
    WHERE request.id = said.id AND request.tenant IS NOT DISTINCT FROM said.tenant AND request.final_event IS NULL
    RETURNING said.event, said.tenant, said.id, said.payload, said.traceparent
  ), written AS (
    SELECT event, tenant, id, payload, traceparent FROM asked JOIN accepted ON accepted_event = event
    UNION ALL SELECT event, tenant, id, payload, traceparent FROM ended
    UNION ALL SELECT event, tenant, NULL, payload, NULL FROM unnest(_told, _told_of, _told_payloads) AS told (event, tenant, payload)
  ), sent AS (
    INSERT INTO outbox (event, tenant, request, payload, traceparent) SELECT event, tenant, id, payload, traceparent FROM written
  )
  SELECT event FROM written;
END $$;
`;

export const TRACED_RECORD_FUNCTIONS = ACCEPT + END + WRITE;

export const DROP_TRACED_RECORD_FUNCTIONS = `
DROP FUNCTION medserve_accept(uuid, text, text, bytea, bytea, bigint, float8, uuid, bytea, text);
DROP FUNCTION medserve_end(uuid, text, text, bytea, text, uuid, bytea, text);
DROP FUNCTION medserve_write(text[], uuid[], text[], text[], bytea[], bytea[], bigint[], float8[], uuid[], bytea[], text[],
  uuid[], text[], text[], bytea[], text[], uuid[], bytea[], text[], uuid[], text[], bytea[]);
`;
