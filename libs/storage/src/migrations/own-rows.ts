/**
 * Shuts a table whose rows belong to tenants: a gateway sees and writes the rows of the tenants that its transaction is for, and
 * of nobody where it names none. Forced, so that it holds for the table's owner as well; a superuser is past all of it, which is
 * why no service connects as one.
 *
 * @param table has a column `tenant`
 * @param verbs what a gateway may do with its own rows
 */
export const ownRowsOnly = (table: string, verbs = 'SELECT, INSERT, UPDATE, DELETE'): string => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ${table} TO medserve_gateway USING (medserve_sees(tenant)) WITH CHECK (medserve_sees(tenant));
CREATE POLICY every_row ON ${table} TO medserve_recorder USING (true) WITH CHECK (true);
GRANT ${verbs} ON ${table} TO medserve_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO medserve_recorder;
`;
