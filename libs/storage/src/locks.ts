/**
 * Advisory locks with two numbers, a space of their own beside the locks with one, which are gateways' owner ids.
 * The first number says "MedServe", the second what is locked.
 */
const MEDSERVE = 0x6d656473;

export const MIGRATION_LOCK = [MEDSERVE, 1] as const;
export const RECORDER_LOCK = [MEDSERVE, 2] as const;
/** Held by the monitor that counts. */
export const MONITOR_LOCK = [MEDSERVE, 4] as const;
/** Held while a partition of the ledger is made. */
export const PARTITION_LOCK = [MEDSERVE, 3] as const;

/** The first number of a lock of each tenant, held while a key of it is made; the second is a hash of its id. */
export const KEYS_OF_TENANT = 0x6d656b79;
/** As above, while a file of the tenant is added. */
export const UPLOADS_OF_TENANT = 0x6d657570;
/** While a session is opened; the second number is a hash of the tenant's and the owner's ids. */
export const SESSIONS_OF_OWNER = 0x6d657365;
/**
 * Shared by what changes the worklist of a tenant, alone by who subscribes to it or ends that: so that a change is told either by itself or
 * by how the worklist stands at the subscription. The second number is a hash of the tenant's id.
 */
export const WORKLIST_OF_TENANT = 0x6d65776c;
