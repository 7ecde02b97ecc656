const COLUMNS = 'id, tenant, state, accepted_at, ended_at, task, modality, model, version, class, door, site, problem';

/**
 * Keeps the list of requests in step with what is told of them, in the same commit and whoever tells it: a gateway, the sweep, a
 * release before this one. Every request waits for it, so it runs once a statement, over all that share a commit, reads what is told
 * once, and changes with an ending nothing that is in an index. What it is told was written by `encodeEvent`; words of a release after
 * this one, that it does not know, are no matter of the list.
 */
const follower = (isSameTenant: string): string => `
CREATE OR REPLACE FUNCTION medserve_job_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  WITH told AS MATERIALIZED (
    SELECT request, tenant, convert_from(payload, 'UTF8')::jsonb AS said FROM new_rows WHERE request IS NOT NULL
  ), begun AS (
    INSERT INTO job (${COLUMNS})
    SELECT request, tenant, 'accepted', (said ->> 'at')::timestamptz, NULL, said ->> 'task', said ->> 'modality', said ->> 'expectedModel',
      NULL, said ->> 'class', said ->> 'door', said ->> 'site', NULL
    FROM told WHERE said ->> 'event' = 'accepted'
    ON CONFLICT (id) DO NOTHING
  )
  UPDATE job SET state = said ->> 'event', ended_at = (said ->> 'at')::timestamptz, model = coalesce(said #>> '{model,name}', model),
    version = said #>> '{model,version}',
    problem = CASE WHEN said ->> 'event' <> 'completed' THEN coalesce(said ->> 'reason', said ->> 'event') END
  FROM told
  WHERE said ->> 'event' IN ('completed', 'failed', 'cancelled', 'abandoned') AND job.id = told.request AND ${isSameTenant};
  RETURN NULL;
END $$;
`;

export const FOLLOW = `
${follower('job.tenant = told.tenant')}
REVOKE ALL ON FUNCTION medserve_job_follows FROM PUBLIC;
CREATE TRIGGER job_follows AFTER INSERT ON outbox REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
  EXECUTE FUNCTION medserve_job_follows();
`;

/**
 * A request is found by its id and nothing else, as in `record-functions.ts`: the tenant is compared in a way that no index serves.
 * Else a plan that was made while the list was nearly empty goes along it, from the newest request to the one that ends.
 */
export const FOLLOW_BY_KEY = follower('job.tenant IS NOT DISTINCT FROM told.tenant');

/**
 * Puts requests of before on the list, by what the log or the outbox has of them. Where that is gone, they stand there without it.
 *
 * @param which condition on \`request\`
 */
export const listEarlier = (which: string): string => `
INSERT INTO job (${COLUMNS})
SELECT request.id, request.tenant, request.status, request.accepted_at,
  CASE WHEN request.status <> 'accepted' THEN coalesce(request.ended_at, request.accepted_at) END, said ->> 'task', said ->> 'modality',
  coalesce(said #>> '{model,name}', said ->> 'expectedModel'), said #>> '{model,version}', said ->> 'class', said ->> 'door', said ->> 'site',
  CASE WHEN request.status NOT IN ('accepted', 'completed') THEN coalesce(said ->> 'reason', request.status) END
FROM request
LEFT JOIN (
  SELECT event, leaf AS bytes FROM ledger_entry WHERE request IS NOT NULL
  UNION ALL SELECT event, payload FROM outbox WHERE request IS NOT NULL
) AS told ON told.event = coalesce(request.final_event, request.accepted_event)
CROSS JOIN LATERAL (
  SELECT CASE WHEN substring(told.bytes FROM 1 FOR 1) = '{'::bytea THEN convert_from(told.bytes, 'UTF8')::jsonb END AS said OFFSET 0
) AS parsed
WHERE ${which}
ON CONFLICT (id) DO NOTHING;
`;
