import { forceRowSecurity, OWN_ROW } from '../own-rows';

/** The gateway and the auditor read what is their tenant's; the recorder reads all, and does what `recorder` says beside. */
const seenByTenant = (table: string, recorder?: string): string => `
${forceRowSecurity(table)}
CREATE POLICY own_rows ON ${table} FOR SELECT TO medserve_gateway, medserve_auditor USING (${OWN_ROW});
GRANT SELECT ON ${table} TO medserve_gateway, medserve_auditor, medserve_recorder;
${recorder === undefined ? '' : `GRANT ${recorder} ON ${table} TO medserve_recorder;`}
`;

/**
 * Who may do what. The recorder adds and reads; nobody changes or deletes, and no service owns a table: what the owner may do is
 * behind the connection of its commands, and the tree of hashes shows what it did.
 */
export const LEDGER_RIGHTS = [
  seenByTenant('ledger_state', 'INSERT, UPDATE (size, root)'),
  seenByTenant('ledger_entry', 'INSERT'),
  seenByTenant('ledger_tile', 'INSERT, UPDATE (bytes)'),
  seenByTenant('ledger_checkpoint', 'INSERT'),
  seenByTenant('ledger_cosignature', 'INSERT'),
  seenByTenant('parked_event', 'INSERT'),
  seenByTenant('ledger_seal', 'INSERT'),
  seenByTenant('ledger_policy'),
  seenByTenant('legal_hold'),
  'GRANT SELECT ON ledger_deletion TO medserve_recorder, medserve_auditor;',
  'REVOKE EXECUTE ON FUNCTION ledger_make_partition, ledger_delete_month FROM PUBLIC;',
  'GRANT EXECUTE ON FUNCTION ledger_make_partition TO medserve_recorder;',
].join('\n');
