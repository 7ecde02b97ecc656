import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the record says of how a request ended: the event that it names as its last, from the log, or from the outbox while it is on
 * its way. A gateway may read neither what waits there nor what is said of others; this gives it the one event, of a request of the
 * tenant that it names.
 */
const RECORDED_END = `
CREATE FUNCTION medserve_recorded_end(_tenant text, _id uuid) RETURNS SETOF bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT told.payload FROM request CROSS JOIN LATERAL (
    SELECT payload FROM outbox WHERE outbox.event = request.final_event AND outbox.request = request.id
    UNION ALL
    SELECT leaf FROM ledger_entry WHERE ledger_entry.event = request.final_event AND ledger_entry.request = request.id
  ) AS told WHERE request.id = _id AND request.tenant = _tenant LIMIT 1
$$;
REVOKE EXECUTE ON FUNCTION medserve_recorded_end FROM PUBLIC;
GRANT EXECUTE ON FUNCTION medserve_recorded_end TO medserve_gateway;
`;

/** What is given out of a request is held against its record. */
export class RecordedEnd1767800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RECORDED_END);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION medserve_recorded_end');
  }
}
