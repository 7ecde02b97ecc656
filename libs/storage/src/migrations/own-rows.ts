/** What a policy says of a row whose tenant the transaction is for. The list is read once a statement, not once a row. */
export const OWN_ROW = 'array_position((SELECT medserve_tenants()), tenant) IS NOT NULL';

/**
 * Shuts a table whose rows belong to tenants: a gateway sees and writes the rows of the tenants that its transaction is for, and
 * of nobody where it names none. A recorder, whose work is about every tenant, is past that. Forced, so that it holds for the
 * table's owner as well, who is past it only as a member of medserve_recorder; a superuser is past all of it, which is why no
 * service works as one.
 *
 * @param table has a column `tenant`
 * @param verbs what a gateway may do with its own rows
 * @param recorderVerbs what a recorder may do with every row
 */
export const ownRowsOnly = (
  table: string,
  verbs = 'SELECT, INSERT, UPDATE, DELETE',
  recorderVerbs = 'SELECT, INSERT, UPDATE, DELETE',
): string => `
${forceRowSecurity(table)}
CREATE POLICY own_rows ON ${table} TO medserve_gateway USING (${OWN_ROW}) WITH CHECK (${OWN_ROW});
GRANT ${verbs} ON ${table} TO medserve_gateway;
GRANT ${recorderVerbs} ON ${table} TO medserve_recorder;
`;

/** Shut for everybody but one role, recorders by default, until a policy opens it for others. */
export const forceRowSecurity = (table: string, role = 'medserve_recorder'): string => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
CREATE POLICY every_row ON ${table} TO ${role} USING (true) WITH CHECK (true);
`;
