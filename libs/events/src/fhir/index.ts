export { auditEventOf, bundleOf } from './audit-event';
export type { LedgerPlace } from './entities';
export type { AuditEvent, Bundle, SearchSet } from './resources';
export { searchSetOf } from './search-set';
