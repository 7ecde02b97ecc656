export { StudyEngine, type StudyEngineParts } from './engine/study-engine';
export {
  LostLeaseError,
  type InferenceStages,
  type Inferred,
  type RunEnd,
  type StudyArchive,
  type StudyInference,
  type StudyObserver,
  type StudyResults,
  type StudyStore,
} from './engine/ports';
export * from './engine/study-work';
export { StudyWorker, type StudyWorkerParts } from './engine/study-worker';
export type { CompleteBecause } from './is-complete';
export {
  candidateRoutes,
  mostUrgent,
  type PlannedRun,
  type RouteDecision,
  type RouteVerdict,
} from './routes/choose-routes';
export { loadRoutes, parseRoute } from './routes/load-routes';
export type { Condition } from './routes/condition';
export { describeCondition } from './routes/describe-condition';
export type { DicomKind, Route, RouteRun } from './routes/route-schema';
export type { StudyClass } from './study-class';
export type { WhyNot, WhyNotCode } from './routes/why-not';
export * from './study-facts';
export * from './workitems/change-state';
export { itemsOf, textOf, UPS_TAG, valuesOf, type WorkitemDataSet, type WorkitemElement } from './workitems/data-set';
export * from './workitems/event-report';
export { missingForCompletion, withCancellation } from './workitems/final-state';
export { placeOrder, type Order, type OrderedGeneration, type Placing } from './workitems/place-order';
export * from './workitems/workitem';
