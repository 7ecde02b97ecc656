import type { ToldChanges } from '../activities/told-changes';
import type { Database } from '../database/database';
import { AssertionStore } from './assertion-store';
import { ClientStore } from './client-store';
import { IssuerStore } from './issuer-store';
import { PersonStore } from './person-store';
import { TenantStore } from './tenant-store';

/** Who may ask, and who that was. */
export interface Identity {
  readonly tenants: TenantStore;
  readonly issuers: IssuerStore;
  readonly clients: ClientStore;
  readonly people: PersonStore;
  readonly assertions: AssertionStore;
}

export const identityOn = (database: Database, changes: ToldChanges): Identity => ({
  tenants: new TenantStore(database, changes),
  issuers: new IssuerStore(database, changes),
  clients: new ClientStore(database, changes),
  people: new PersonStore(database),
  assertions: new AssertionStore(database),
});
