export { Archive } from './archive';
export type { ArchiveLimits, ArchiveObserver, ArchiveOptions, ArchiveState, PatientNamed } from './archive-options';
export {
  isUniversal,
  MAX_ROWS,
  type ArchiveQuery,
  type Match,
  type QueryAnswer,
  type QueryRow,
  type SearchedWithin,
} from './index/archive-query';
export type { Found, Indexing, InstanceIndex, Removal } from './index/instance-index';
export type { KeptInstance, NewInstance, StudyKey, StudySummary } from './index/kept-instance';
export type { Expected, Incoming } from './intake/incoming';
export type { StoredListener } from './intake/intake';
export { REFUSAL_STATUS } from './intake/refuse';
export type { OpenedInstance } from './opened-instance';
export type { Tidied } from './retention/housekeeping';
export type * from './stored-instance';
