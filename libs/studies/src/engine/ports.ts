import type { WhyNot } from '../routes/why-not';
import type { StudyFacts } from '../study-facts';
import type {
  Completion,
  GenerationKey,
  HeldGeneration,
  RunState,
  StudyDelivery,
  StudyResult,
  StudyRun,
  StudyState,
  StudyWork,
} from './study-work';

/** Somebody else has the generation, or an operator ended it: whoever is told so leaves it alone. */
export class LostLeaseError extends Error {
  constructor() {
    super('Another engine has the study.');
  }
}

/** How a run ended, or that it did not. */
export interface RunEnd {
  readonly state: Exclude<RunState, 'waiting'>;
  readonly request?: string;
  readonly reason?: string;
}

/**
 * Generations of studies, kept. Every change of a held one is refused with LostLeaseError where its token is not the last. What a call
 * says is on disk when it resolves.
 */
export interface StudyStore {
  /**
   * Takes what is due and nobody holds: the most urgent first, and of that the tenants in turn.
   *
   * @param isExpress only looks, which take no time, and what is stat or urgent
   */
  claim(holder: string, limit: number, leaseMs: number, isExpress?: boolean): Promise<readonly StudyWork[]>;
  renew(held: HeldGeneration, leaseMs: number): Promise<void>;
  /** As it stands now. */
  read(held: HeldGeneration): Promise<StudyWork>;
  /** Lets go of it, to be looked at again. @param reason why it waits, where it has to */
  release(held: HeldGeneration, afterMs: number, waits?: { readonly reason: string }): Promise<void>;
  /** Lets go of it without a trace: another engine may take it at once. */
  handBack(held: HeldGeneration): Promise<void>;
  /** @returns false where instances came since: then nothing was written */
  complete(held: HeldGeneration, arrivals: number, completion: Completion): Promise<boolean>;
  begin(held: HeldGeneration, run: StudyRun): Promise<void>;
  endRun(held: HeldGeneration, run: StudyRun, end: RunEnd): Promise<void>;
  /** @param last the run whose end ends all of them, in the same commit @returns when they had ended */
  inferred(held: HeldGeneration, last?: { readonly run: StudyRun; readonly end: RunEnd }): Promise<Date>;
  /**
   * The results and the deliveries of them, in one commit, which lets go of the generation: it is looked at when the last of them has
   * ended, at once where there are none, or so much later.
   */
  exporting(
    held: HeldGeneration,
    results: readonly StudyResult[],
    destinations: readonly string[],
    afterMs: number,
  ): Promise<void>;
  deliveries(key: GenerationKey): Promise<readonly StudyDelivery[]>;
  end(held: HeldGeneration, state: Extract<StudyState, 'exported' | 'failed'>, why?: WhyNot): Promise<void>;
  /** What the last generation before this one was answered from, to tell whether there is anything new. */
  runsBefore(key: GenerationKey): Promise<readonly StudyRun[] | undefined>;
}

/** What the archive knows of studies. */
export interface StudyArchive {
  facts(held: GenerationKey): Promise<StudyFacts>;
}

/** How a request ended. */
export type Inferred =
  | { readonly kind: 'answered'; readonly request: string }
  /** It cannot be answered, now or later. */
  | { readonly kind: 'failed'; readonly reason: string; readonly request?: string }
  /** No model is served that could. */
  | { readonly kind: 'not_served'; readonly reason: string }
  | { readonly kind: 'later'; readonly reason: string; readonly afterMs?: number };

/** Asks a model, by the road of every request. The same run is answered once, however often it is asked. */
export interface StudyInference {
  infer(
    work: Pick<StudyWork, keyof GenerationKey | 'firstAt'>,
    run: StudyRun,
    signal: AbortSignal,
    stages: InferenceStages,
  ): Promise<Inferred>;
}

export interface InferenceStages {
  /** That it is asked is on disk: files may be read before, and nothing is asked. */
  readonly begun: Promise<void>;
  /** Called when the model has it. */
  readonly asked: () => void;
}

/** Makes objects of the answers of one generation and puts them into the archive: the same ones, however often it is asked. */
export interface StudyResults {
  /** The model of a run is at work: what is taken of its images may be read meanwhile. */
  ahead(work: StudyWork, run: StudyRun): void;
  /** @throws where it has to be tried later */
  make(work: StudyWork, signal: AbortSignal): Promise<readonly StudyResult[]>;
}

/** Told of what happens, for metrics and logs. Nothing here is of a patient. */
export interface StudyObserver {
  changed(routes: readonly string[], state: StudyState): void;
  /** From the first instance to the end. */
  ended(routes: readonly string[], seconds: number): void;
  failed(what: string, error: unknown): void;
}
