import { startTestDatabase, type TestDatabase } from '@medserve/testkit';

/** Tables without a tenant, each with the reason why its rows are no tenant's. */
const OF_NOBODY: Readonly<Record<string, string>> = {
  migrations: 'TypeORM: which migrations were run; no service has a right to it',
  ledger_deletion: 'which months may be deleted, of all logs at once; a gateway has no right to it',
  model_default: 'which version the name of a model stands for, on the whole platform',
  monitor_cursor: 'the monitor: how far each log was read',
  monitor_event: 'the monitor: which events were counted',
  monitor_forgotten: 'the monitor: which of these are no longer listed',
  monitor_turn: 'the monitor: how often one began to count, so that only the last does',
  monitor_total: 'the monitor: sums over all tenants, which no gateway has a right to',
  monitor_series: 'the monitor: how models do over all tenants',
  monitor_relearn: 'the monitor: which models are to be learnt anew',
  monitor_answer: 'the monitor: scores of answers until somebody says whether they are right',
};

const SERVICES = ['medserve_gateway', 'medserve_recorder', 'medserve_monitor', 'medserve_auditor'];

/** Where a tenant's own row has another name. */
const OF_A_TENANT_BY = new Map([['tenant', 'id']]);

interface Table {
  readonly name: string;
  readonly isPartition: boolean;
  readonly columns: string[];
  readonly isEnabled: boolean;
  readonly isForced: boolean;
  readonly ofGateway: string[];
}

const TABLES = `
SELECT relname AS name, relispartition AS "isPartition", relrowsecurity AS "isEnabled", relforcerowsecurity AS "isForced",
  ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped) AS columns,
  ARRAY(SELECT coalesce(pg_get_expr(polqual, polrelid), '') || coalesce(pg_get_expr(polwithcheck, polrelid), '') FROM pg_policy
    WHERE polrelid = pg_class.oid AND 'medserve_gateway'::regrole = ANY (polroles)) AS "ofGateway"
FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace ORDER BY relname`;

describe('the schema', () => {
  let database: TestDatabase;
  let tables: Table[];

  beforeAll(async () => {
    database = await startTestDatabase();
    tables = await database.superuser(async (sql) => (await sql.query<Table>(TABLES)).rows);
  }, 60_000);
  afterAll(() => database.close(), 30_000);

  const isOfTenants = ({ name, columns }: Table): boolean => columns.includes('tenant') || OF_A_TENANT_BY.has(name);

  it('shuts every table whose rows are of tenants, for its owner too', () => {
    const open = tables.filter((table) => isOfTenants(table) && !(table.isEnabled && table.isForced));
    expect(open.map(({ name }) => name)).toEqual([]);
  });

  it('lets a gateway into such a table by the tenant that its transaction names, or by one thing that it names', () => {
    const named = /medserve_tenants\(\)|current_setting\('medserve\.[a-z_]+'/;
    // A partition is reached through its table, and shut where it is asked for itself.
    const reached = tables.filter((table) => isOfTenants(table) && !table.isPartition);
    expect(reached.filter(({ ofGateway }) => ofGateway.length === 0).map(({ name }) => name)).toEqual([]);
    const loose = reached.filter(({ ofGateway }) => !ofGateway.every((policy) => named.test(policy)));
    expect(loose.map(({ name }) => name)).toEqual([]);
    expect(tables.filter(({ isPartition, ofGateway }) => isPartition && ofGateway.length > 0)).toEqual([]);
  });

  it('knows of every other table why its rows are no tenant’s', () => {
    const others = tables.filter((table) => !isOfTenants(table)).map(({ name }) => name);
    expect(others.filter((name) => !(name in OF_NOBODY))).toEqual([]);
  });

  it('lets no service make, change or own anything in it', async () => {
    const { rows } = await database.superuser((sql) =>
      sql.query(
        `
        SELECT role, has_schema_privilege(role, current_schema(), 'CREATE') AS makes,
          (SELECT count(*)::int FROM pg_class WHERE relowner = role::regrole) AS owns,
          (SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolcanlogin FROM pg_roles WHERE rolname = role) AS more
        FROM unnest($1::text[]) AS role`,
        [SERVICES],
      ),
    );
    const nothing = { makes: false, owns: 0, more: false };
    expect(rows).toEqual(SERVICES.map((role) => ({ role, ...nothing })));
  });
});
