export { admit, type Admission, type AdmissionLimits, type Load } from './admission';
export {
  CLASS_SHARE,
  judgeArrival,
  type ArrivalDecision,
  type ArrivalRules,
  type Arrivals,
} from './arrival/judge-arrival';
export { formBatch, type BatchCandidate, type BatchDecision, type BatchRules } from './batching/form-batch';
export { goAlong } from './batching/go-along';
export { canBeAnswered, predictWaitMs, type Backlog } from './batching/predict-wait';
export { learnRun, NO_RUNS, type RunTimes } from './batching/run-times';
export { ResponseCache, type CacheLimits } from './caching/response-cache';
export { CLASSES, type Class } from './classes';
export {
  mayBePreempted,
  nextStart,
  type SlotsHeld,
  type SlotsWanted,
  type StartDecision,
} from './generation/next-start';
export {
  canBeWritten,
  learnAnswer,
  predictStartMs,
  UNKNOWN_PACE,
  type WritingBacklog,
  type WritingPace,
  type WrittenAnswer,
} from './generation/writing-pace';
export {
  calibrate,
  calibrationError,
  calibrationThreshold,
  type CalibratedBin,
  type Calibration,
  type ScoreBin,
} from './monitoring/calibration';
export type { Observed } from './monitoring/binning';
export { DRIFT_PLAN, DriftSeries, surelyInWindow, type DriftPlan, type DriftState } from './monitoring/drift-series';
export { DRIFT_RULES, judgeDrift, type Comparison, type DriftRules, type DriftVerdict } from './monitoring/judge-drift';
export { mergedClasses } from './monitoring/stability-index';
export { costUnits, ELEMENTS_OF_A_UNIT } from './quotas/cost';
export {
  granted,
  NO_LEASE,
  spend,
  standing,
  unspend,
  usedUpFor,
  wantedLease,
  type Lease,
  type LeaseRequest,
  type LeaseRules,
  type SpendDecision,
} from './quotas/lease';
export { judgeOutbox, type OutboxDepth, type OutboxState } from './quotas/outbox-ceiling';
export {
  bindingQuotas,
  counts,
  EACH_CLIENT,
  limitText,
  QUOTA_KINDS,
  WHOLE_TENANT,
  type BindingQuota,
  type Quota,
  type QuotaKind,
} from './quotas/quota';
export {
  hasIdleSlots,
  heldSlots,
  leaveSlot,
  NO_SLOTS,
  takeSlot,
  wantedSlots,
  type SlotDecision,
  type Slots,
} from './quotas/slots';
export { windowAt, type Window } from './quotas/window';
export { RequestQueue, type Offer, type Waiting } from './queue/request-queue';
export { judgeHost, type HostReport, type HostRules, type HostVerdict } from './judge-host';
export { guessLoad, learnLoadMs, type LoadExpectation } from './residency/expect-load';
export { makeRoom, type Resident, type RoomDecision, type RoomLimits } from './residency/make-room';
export {
  resolveModel,
  standsFor,
  taskOf,
  type DefaultVersions,
  type Resolution,
  type ServedModel,
  type ServedTask,
  type Wanted,
} from './resolve-model';
export type { Candidate, ServingState, Situation } from './routing/candidate';
export {
  adapt,
  boundsOf,
  firstConcurrency,
  type Concurrency,
  type ConcurrencyBounds,
  type ConcurrencySample,
} from './routing/concurrency';
export { filtersFor, isAble } from './routing/filters';
export { loadProgress, type LoadProgress } from './routing/load-progress';
export {
  eject,
  isOutlier,
  mayEject,
  observeOutcome,
  OUTLIER_RULES,
  UNSUSPECTED,
  type OutlierRecord,
  type OutlierRules,
} from './routing/outlier';
export { explain, pickReplica, type Explained } from './routing/pick';
export { hashText, rendezvousWeight } from './routing/rendezvous';
export { RETRY_BUDGET_RULES, RetryBudget, type RetryBudgetRules } from './routing/retry-budget';
export {
  boundedRetryAfterMs,
  expectedWaitMs,
  observeAnswer,
  shedding,
  UNKNOWN_RATE,
  type ServiceRate,
  type Shedding,
} from './routing/service-rate';
export { DemandMeter, type DemandReading } from './scaling/demand-meter';
export { DemandWindow, SECONDS_KEPT } from './scaling/demand-window';
export {
  WARMTHS,
  WEEKDAYS,
  type CalendarFloor,
  type CalendarHours,
  type ScalingPace,
  type ScalingPolicy,
  type WarmHours,
  type Warmth,
  type Weekday,
} from './scaling/policy';
export { ReplicaDecider, type DecisionRoom } from './scaling/replica-decider';
export type { ScalingDecision, ScalingReason, ScalingSituation } from './scaling/scaling-decision';
export { slotsOf } from './scaling/slots-of';
