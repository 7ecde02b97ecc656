import { forceRowSecurity, OWN_ROW } from '../own-rows';

/** The gateway and the auditor read what is their tenant's; the recorder reads all, and does what `recorder` says beside. */
const seenByTenant = (table: string, recorder?: string, ownRow = OWN_ROW): string => `
${forceRowSecurity(table)}
CREATE POLICY own_rows ON ${table} FOR SELECT TO medserve_gateway, medserve_auditor USING (${ownRow});
GRANT SELECT ON ${table} TO medserve_gateway, medserve_auditor, medserve_recorder;
${recorder === undefined ? '' : `GRANT ${recorder} ON ${table} TO medserve_recorder;`}
`;

/** The log of the home begins with entries of every tenant: those are not the home's to read. */
const OWN_ENTRY = `${OWN_ROW}
  AND (tenant <> 'home' OR index >= (SELECT mixed_until FROM ledger_state AS log WHERE log.tenant = 'home'))`;

/** They are for whom they are about. Each is about a request, of which a gateway sees its own. */
const OLD_ENTRIES = `
CREATE POLICY own_old_entries ON ledger_entry FOR SELECT TO medserve_gateway
  USING (tenant = 'home' AND request IS NOT NULL AND EXISTS (
    SELECT FROM request WHERE request.id = ledger_entry.request
      AND array_position((SELECT medserve_tenants()), request.tenant) IS NOT NULL));
`;

/**
 * Who may do what. The recorder adds and reads; nobody changes or deletes, and no service owns a table: what the owner may do is
 * behind the connection of its commands, and the tree of hashes shows what it did.
 */
export const LEDGER_RIGHTS = [
  seenByTenant('ledger_state', 'INSERT, UPDATE (size, root, held_since)'),
  seenByTenant('ledger_entry', 'INSERT', OWN_ENTRY),
  OLD_ENTRIES,
  seenByTenant('ledger_tile', 'INSERT, UPDATE (bytes)'),
  seenByTenant('ledger_checkpoint', 'INSERT'),
  seenByTenant('ledger_cosignature', 'INSERT'),
  seenByTenant('parked_event', 'INSERT'),
  seenByTenant('ledger_seal', 'INSERT (event, tenant, month, ranges, entries, root)'),
  seenByTenant('ledger_policy'),
  seenByTenant('legal_hold'),
  'GRANT SELECT ON ledger_deletion TO medserve_recorder, medserve_auditor;',
  'REVOKE EXECUTE ON FUNCTION ledger_make_partition, ledger_delete_month FROM PUBLIC;',
  'GRANT EXECUTE ON FUNCTION ledger_make_partition TO medserve_recorder;',
].join('\n');
