export type { ActivityStore } from './activities/activity-store';
export type { ArchiveIndex } from './archive/archive-index';
export type { AuditEntry, AuditPage, AuditReader, LogHead, RequestEntry } from './audit/audit-reader';
export type { AuditQuery } from './audit/search';
export type { BreakGlassStore, Grant, GrantPage, GrantState, NewGrant } from './break-glass/break-glass-store';
export type { NewSession, NewTurn, SessionKey, StoredImages, StoredSession, StoredTurn } from './chat/session-rows';
export type { SessionStore } from './chat/session-store';
export type { ContentSubject } from './content/content-key-store';
export { ContentVault } from './content/content-vault';
export { DataKeys } from './content/data-keys';
export { isSealed, keyIdOf } from './content/sealed';
export type { ContextStore, NewContext } from './contexts/context-store';
export { migrate, type DataSourceOptions } from './database/data-source';
export type { StorageRole } from './database/roles';
export { withConnection, type SqlConnection } from './database/with-connection';
export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded';
export type { AssertionUse } from './identity/assertion-store';
export type { StoredClient } from './identity/client-store';
export type { Identity } from './identity/identity';
export type { FoundIssuer, SignInClient, SignInProvider, StoredIssuer } from './identity/issuer-store';
export type { StoredPerson } from './identity/person-store';
export type { Site, Tenant } from './identity/tenant-store';
export type { JobPlace, JobQuestion } from './jobs/job-search';
export type { JobStore, ListedJob } from './jobs/job-store';
export type { ApiKey, ApiKeyStore, KeyPage, NewApiKey } from './keys/api-key-store';
export type { CaughtUpOptions } from './ledger/caught-up';
export type { Ledger, LedgerOptions } from './ledger/ledger';
export type {
  DeliveryFailure,
  DeliveryKey,
  DeliveryQuestion,
  DeliveryState,
  HeldDelivery,
  StoredDelivery,
} from './deliveries/delivery-rows';
export type { DeliveryStore, RequeueQuestion } from './deliveries/delivery-store';
export type { ExportedLog, Progress } from './ledger/export-log';
export { HOME, type LedgerState } from './ledger/ledger-rows';
export { ForkedLogError } from './ledger/publish-log';
export { readOutsideCopy, type OutsideCopy } from './ledger/verify/outside-copy';
export type { Appended } from './ledger/ledger-writer';
export type { Proof, ProvenRecord } from './ledger/prove';
export type { LedgerRecord } from './ledger/records-of';
export type { Verdict, VerifyOptions } from './ledger/verify-log';
export type { Problem } from './ledger/verify/problem';
export type { NewReview, Review, ReviewStore, ReviewVerdict } from './review/review-store';
export type { DefaultChange, ModelDefaultStore, StoredDefault, TellOfDefault } from './models/model-default-store';
export type {
  JudgedBin,
  LedgerPage,
  MonitorCell,
  MonitorMemory,
  MonitorSeriesKey,
  MonitorSeriesRow,
  MonitorTotal,
  ReviewedAnswer,
  WaitingAnswer,
  ToldVerdict,
} from './monitor/monitor-rows';
export {
  LostTurnError,
  type MonitorBatch,
  type MonitorChanges,
  type MonitorPlace,
  type MonitorStore,
} from './monitor/monitor-store';
export { openStorage, type Storage, type Studies, type Workitems } from './open-storage';
export type { PostgresOutbox } from './outbox/postgres-outbox';
export type { Seat, SeatOptions } from './outbox/recorder-seat';
export type { Depth } from './quotas/outbox-depth';
export type { QuotaKey, QuotaStore, StoredQuota } from './quotas/quota-store';
export type { AbandonSweep } from './records/abandon-sweep';
export type { Ownership } from './records/ownership';
export type { EndOnRecord } from './records/end-on-record';
export { PROBLEM, RESULT_TYPES } from './records/result-types';
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
export type { SignInCodeStore, StoredSignInCode } from './sign-in/sign-in-code-store';
export type { NewSignIn, SignInStore, StoredSignIn, StoredSignInPerson } from './sign-in/sign-in-store';
export type {
  ListedRun,
  ListedStudy,
  RouteStanding,
  StateSum,
  StudyList,
  StudyPlace,
  StudyQuestion,
} from './studies/study-list';
export type { OrderOutcome, StudyOrders, TellOf } from './studies/study-orders';
export type { RunOfRequest, StudyStore } from './studies/study-store';
export type { Upload, UploadKey, UploadStore } from './uploads/upload-store';
export { usageCsv } from './usage/usage-csv';
export type { Subscribed, Subscriber, SubscriptionFilter, WaitingReport } from './workitems/subscription-rows';
export type { SubscriptionStore } from './workitems/subscription-store';
export type { WantedOfGeneration, WorkitemOrders } from './workitems/workitem-orders';
export type {
  FacedWorkitem,
  NewWorkitem,
  WorkitemIndex,
  WorkitemInstance,
  WorkitemKey,
} from './workitems/workitem-rows';
export type { CodeMatch, WorkitemMatch, WorkitemQuestion } from './workitems/workitem-search';
export type { WorkitemPatient, WorkitemPatients } from './workitems/workitem-patients';
export type { WorkitemStore } from './workitems/workitem-store';
export {
  USAGE_DIMENSIONS,
  type UsageDimension,
  type UsageFigures,
  type UsageKey,
  type UsageQuestion,
  type UsageRow,
  type UsageStore,
  type UsageSums,
} from './usage/usage-store';
export { usageTime, type UsageTime } from './usage/usage-time';
