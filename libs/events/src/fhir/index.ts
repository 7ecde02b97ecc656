export { auditEventOf, bundleOf } from './audit-event';
export type { LedgerPlace } from './entities';
export type { AuditEvent, Bundle } from './resources';
