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

export const identityOn = (database: Database): Identity => ({
  tenants: new TenantStore(database),
  issuers: new IssuerStore(database),
  clients: new ClientStore(database),
  people: new PersonStore(database),
  assertions: new AssertionStore(database),
});
