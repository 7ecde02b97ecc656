export type { ActivityStore } from './activities/activity-store';
export { migrate, type DataSourceOptions } from './database/data-source';
export { withConnection, type SqlConnection } from './database/with-connection';
export {
  findRunningPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './embedded';
export type { ApiKey, ApiKeyStore, NewApiKey } from './keys/api-key-store';
export type { CaughtUpOptions } from './ledger/caught-up';
export type { ExportedLog, Progress } from './ledger/export-log';
export type { LedgerState } from './ledger/ledger-rows';
export type { Appended } from './ledger/ledger-writer';
export type { Proof, ProvenRecord } from './ledger/prove';
export type { LedgerRecord } from './ledger/records-of';
export type { Verdict, VerifyOptions } from './ledger/verify-log';
export type { Problem } from './ledger/verify/problem';
export { openStorage, type Ledger, type Storage } from './open-storage';
export type { PostgresOutbox } from './outbox/postgres-outbox';
export type { Seat, SeatOptions } from './outbox/recorder-seat';
export type { AbandonSweep } from './records/abandon-sweep';
export type { Ownership } from './records/ownership';
export type {
  AcceptOutcome,
  Acceptance,
  Ending,
  FinalStatus,
  FinishOutcome,
  RecordStore,
  RequestStatus,
  StoredRequest,
  StoredResult,
} from './records/record-store';
