/**
 * What a gateway asks and writes of requests, each in one round trip: it names the tenants that its transaction is for, and then
 * runs the statement that row security judges by them. The setting is the transaction's: it is gone with it, whoever gets the
 * connection next.
 *
 * They run with the rights of the caller. Parameters begin with an underscore, since they share a space with columns.
 *
 * A request and its event are written in one commit, or neither is. A key that is taken, also by another row of the same
 * statement, writes nothing; where another transaction is just taking it, its end is waited for. A key stands for an answer: what
 * ends without one frees its key, so that a retry with the same key is worked on.
 *
 * An open request is found by its id and nothing else: tenant and status are compared in ways that no index serves, because the
 * planner takes any index for as good as the primary key while the table is nearly empty, and its plan stays.
 */
const ACCEPT = `
CREATE FUNCTION medserve_accept(_id uuid, _tenant text, _actor text, _key bytea, _fingerprint bytea, _owner bigint,
  _lease_ms float8, _event uuid, _payload bytea) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.tenant', ARRAY[_tenant]::text, true);
  INSERT INTO request (id, tenant, actor, status, idempotency_key_hash, fingerprint, owner, lease_until, accepted_event)
  VALUES (_id, _tenant, _actor, 'accepted', _key, _fingerprint, _owner, now() + make_interval(secs => _lease_ms / 1000), _event)
  ON CONFLICT (tenant, idempotency_key_hash) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO outbox (event, tenant, request, payload) VALUES (_event, _tenant, _id, _payload);
  RETURN true;
END $$;
`;

const END = `
CREATE FUNCTION medserve_end(_id uuid, _tenant text, _status text, _result bytea, _content_type text, _event uuid,
  _payload bytea) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.tenant', ARRAY[_tenant]::text, true);
  UPDATE request SET status = _status, result = _result, content_type = _content_type, final_event = _event, ended_at = now(),
    idempotency_key_hash = CASE WHEN _status = 'completed' THEN idempotency_key_hash END
  WHERE id = _id AND tenant IS NOT DISTINCT FROM _tenant AND final_event IS NULL;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO outbox (event, tenant, request, payload) VALUES (_event, _tenant, _id, _payload);
  RETURN true;
END $$;
`;

const TELL = `
CREATE FUNCTION medserve_tell(_event uuid, _tenant text, _payload bytea) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.tenant', ARRAY[_tenant]::text, true);
  INSERT INTO outbox (event, tenant, payload) VALUES (_event, _tenant, _payload);
  RETURN true;
END $$;
`;

/** Any number of acceptances, endings and activities, of any tenants, in one statement. Returned are the events written. */
const WRITE = `
CREATE FUNCTION medserve_write(_tenants text[],
  _ids uuid[], _of text[], _actors text[], _keys bytea[], _fingerprints bytea[], _owners bigint[], _leases_ms float8[],
  _accepted uuid[], _accepted_payloads bytea[],
  _ended_ids uuid[], _ended_of text[], _statuses text[], _results bytea[], _content_types text[], _ended uuid[],
  _ended_payloads bytea[],
  _told uuid[], _told_of text[], _told_payloads bytea[]
) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.tenant', _tenants::text, true);
  RETURN QUERY
  WITH asked AS (
    SELECT * FROM unnest(_ids, _of, _actors, _keys, _fingerprints, _owners, _leases_ms, _accepted, _accepted_payloads)
      AS asked (id, tenant, actor, key, fingerprint, owner, lease_ms, event, payload)
  ), accepted AS (
    INSERT INTO request (id, tenant, actor, status, idempotency_key_hash, fingerprint, owner, lease_until, accepted_event)
    SELECT id, tenant, actor, 'accepted', key, fingerprint, owner, now() + make_interval(secs => lease_ms / 1000), event
    FROM asked
    ON CONFLICT (tenant, idempotency_key_hash) DO NOTHING RETURNING accepted_event
  ), ended AS (
    UPDATE request SET status = said.status, final_event = said.event, result = said.result,
      content_type = said.content_type, ended_at = now(),
      idempotency_key_hash = CASE WHEN said.status = 'completed' THEN idempotency_key_hash END
    FROM unnest(_ended_ids, _ended_of, _statuses, _results, _content_types, _ended, _ended_payloads)
      AS said (id, tenant, status, result, content_type, event, payload)
    WHERE request.id = said.id AND request.tenant IS NOT DISTINCT FROM said.tenant AND request.final_event IS NULL
    RETURNING said.event, said.tenant, said.id, said.payload
  ), written AS (
    SELECT event, tenant, id, payload FROM asked JOIN accepted ON accepted_event = event
    UNION ALL SELECT event, tenant, id, payload FROM ended
    UNION ALL SELECT event, tenant, NULL, payload FROM unnest(_told, _told_of, _told_payloads) AS told (event, tenant, payload)
  ), sent AS (
    INSERT INTO outbox (event, tenant, request, payload) SELECT event, tenant, id, payload FROM written
  )
  SELECT event FROM written;
END $$;
`;

const READ = `
CREATE FUNCTION medserve_request(_tenant text, _id uuid) RETURNS SETOF request LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.tenant', ARRAY[_tenant]::text, true);
  RETURN QUERY SELECT * FROM request WHERE id = _id AND tenant = _tenant;
END $$;
CREATE FUNCTION medserve_request_by_key(_tenant text, _key bytea) RETURNS SETOF request LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('medserve.tenant', ARRAY[_tenant]::text, true);
  RETURN QUERY SELECT * FROM request WHERE tenant = _tenant AND idempotency_key_hash = _key;
END $$;
`;

export const RECORD_FUNCTIONS = ACCEPT + END + TELL + WRITE + READ;

export const DROP_RECORD_FUNCTIONS =
  'DROP FUNCTION medserve_accept, medserve_end, medserve_tell, medserve_write, medserve_request, medserve_request_by_key;';
