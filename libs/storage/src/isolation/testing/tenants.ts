/** Names that are no names of tenants show what row security does with whatever reaches it. */
export const TENANTS = ['home', 'north', 'north-2', 'NORTH', 'home,north', '{north,home}', `north' OR '1'='1`, 'NULL'];

/** A name that is none has no log; what the ledger does with its events is another test's subject. */
export const WITH_LOG = TENANTS.filter((tenant) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(tenant));
export const hasLog = (tenant: string): boolean => WITH_LOG.includes(tenant);

/** What an event says whose it is: one of a name that is none cannot be written. */
export const toldOf = (tenant: string): string => (hasLog(tenant) ? tenant : 'home');

/** Where all that a tenant asks is asked: no other has this word on its rows. */
export const siteOf = (tenant: string): string => `site-${String(TENANTS.indexOf(tenant))}`;
