import type { DicomKind } from '../routes/route-schema';
import type { StudyClass } from '../study-class';
import type { RouteVerdict } from '../routes/choose-routes';
import type { WhyNot } from '../routes/why-not';

/**
 * `receiving`: instances come. `complete`: what is to be run was decided. `inferring`: requests were made. `inferred`: all have ended.
 * `exporting`: the results are in the archive, and deliveries under way. The last three are ends.
 */
export const STUDY_STATES = [
  'receiving',
  'complete',
  'inferring',
  'inferred',
  'exporting',
  'exported',
  'skipped',
  'failed',
] as const;
export type StudyState = (typeof STUDY_STATES)[number];

export const isEnded = (state: StudyState): boolean =>
  state === 'exported' || state === 'skipped' || state === 'failed';

export interface StudyKey {
  readonly tenant: string;
  readonly studyUid: string;
}

export interface GenerationKey extends StudyKey {
  /** From 1: an instance that comes after a generation was complete begins the next. */
  readonly generation: number;
}

/** A generation that somebody works on. Whoever takes it next has a higher token, and this one can write no more. */
export interface HeldGeneration extends GenerationKey {
  readonly token: number;
}

/** `skipped`: no model is served that could do it, and its route can do without. */
export type RunState = 'waiting' | 'answered' | 'failed' | 'skipped';

/** One request about a study, as it is kept. */
export interface StudyRun {
  readonly route: string;
  readonly name: string;
  readonly task: string;
  readonly model?: string;
  readonly modality?: string;
  readonly question?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly class: StudyClass;
  readonly deadlineMs: number;
  readonly isOptional: boolean;
  readonly seriesUid: string;
  /** SOP Instance UIDs, in the order in which they are sent. */
  readonly instances: readonly string[];
  readonly state: RunState;
  readonly attempts: number;
  /** Of the request that answered, or failed. */
  readonly request?: string;
  /** Why it failed, was left out, or waits for another attempt: a reason of the native API. */
  readonly reason?: string;
}

/** A result object of ours in the archive. */
export interface StudyResult {
  readonly kind: DicomKind;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesUid: string;
}

/** All that decides what is done next with a generation. Times are of the store's clock. */
export interface StudyWork extends HeldGeneration {
  readonly state: StudyState;
  readonly now: Date;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly goAt?: Date;
  readonly inferredAt?: Date;
  /** How often instances came: what was decided on fewer is not written. */
  readonly arrivals: number;
  /** In a row that did not succeed. */
  readonly attempts: number;
  /** Of those who held it, how many in a row were heard of no more. */
  readonly losses: number;
  readonly plan: StudyPlan;
  readonly runs: readonly StudyRun[];
}

/** What the routes want beside the runs, as it was decided: a route that changes later changes nothing under way. */
export interface StudyPlan {
  readonly routes: readonly string[];
  readonly wants: readonly DicomKind[];
  readonly deliver: 'all' | readonly string[];
  readonly onFailure: 'fail' | 'deliver-the-rest';
}

export const NO_PLAN: StudyPlan = { routes: [], wants: [], deliver: [], onFailure: 'fail' };

/** What was decided when a generation was complete. */
export interface Completion {
  readonly because: string;
  readonly instances: number;
  readonly series: number;
  readonly modalities: readonly string[];
  readonly class: StudyClass;
  readonly plan: StudyPlan;
  readonly runs: readonly StudyRun[];
  readonly verdicts: readonly RouteVerdict[];
  /** Where there is nothing to run. */
  readonly why?: WhyNot;
}

export const DELIVERY_STATES = ['waiting', 'sending', 'delivered', 'dead'] as const;

export interface StudyDelivery {
  readonly destination: string;
  readonly state: (typeof DELIVERY_STATES)[number];
  readonly attempts: number;
  readonly lastError?: string;
}
