import type {
  Decoded,
  Finding,
  GenerationDelta,
  GenerationRequest,
  GenerationResult,
  Sensitive,
  StudyContext,
  TextsInput,
} from '@medserve/clinical';
import type { DecodedStudy, DecodeWishes, InputFile } from '@medserve/imaging';
import type { RecordEvent } from '@medserve/events';
import type { BatchShare, TensorBytes } from '@medserve/rpc';
import type { RequestClass } from './inference-request';
import type { ModelWords } from './model-words';

/** Turns the bytes of a request into one picture or volume, off the event loop. */
export interface Decoder {
  decode(files: readonly InputFile[], signal: AbortSignal, wishes?: DecodeWishes): Promise<DecodedStudy>;
}

export interface ModelChoice {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
}

export interface DispatchOrder {
  readonly id: string;
  readonly tenant: string;
  readonly task?: string;
  readonly modality?: string;
  readonly model?: ModelWords;
  readonly class: RequestClass;
  readonly deadlineMs: number;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly question?: string;
  /** Of tensors: which outputs are wanted; absent: all. */
  readonly outputs?: readonly string[];
  readonly affinityKey?: string;
  readonly wantsDecision?: boolean;
  /** What the input costs, as quotas and the demand for pools count it. */
  readonly costUnits?: number;
  /** W3C Trace Context of the span in which it is sent; absent: nobody traces it. */
  readonly traceparent?: string;
  /** SHA-256 of each input, in hex. */
  readonly inputs: readonly string[];
  /** Stands for whom the input shows, so that what is kept of it can be forgotten; hashed before anything is kept. */
  readonly patientKey?: Sensitive<string>;
  readonly input:
    | { readonly kind: 'decoded'; readonly decoded: Decoded }
    | { readonly kind: 'tensor-bytes'; readonly tensors: readonly TensorBytes[] }
    | { readonly kind: 'generation'; readonly request: GenerationRequest; readonly images: readonly Decoded[] }
    | { readonly kind: 'texts'; readonly texts: TextsInput['texts'] };
}

export interface Dispatched {
  readonly finding?: Finding;
  readonly tensors?: readonly TensorBytes[];
  /** Of a model that wrote, or read texts. */
  readonly generation?: GenerationResult;
  readonly task: string;
  readonly model: ModelChoice;
  readonly engine: string;
  /** Milliseconds by phase. */
  readonly timings: Readonly<Record<string, number>>;
  readonly batch: BatchShare;
  /** Whether the answer was kept from an earlier request; absent where the model's answers are not kept. */
  readonly cache?: 'hit' | 'miss';
  /** How the router chose, as JSON, for who wanted to know. */
  readonly decision?: string;
}

export interface Progress {
  readonly phase: string;
  readonly percent: number;
  /** How long the phase is expected to take still, in milliseconds; 0 or absent: not known. */
  readonly expectedMs?: number;
}

/** Sends one order down the road to a model and waits for what comes back. */
export interface Dispatcher {
  dispatch(
    order: DispatchOrder,
    options: {
      readonly signal: AbortSignal;
      readonly onProgress?: (progress: Progress) => void;
      /** Told of what was written, in order, before the answer is whole. */
      readonly onDelta?: (delta: GenerationDelta) => void;
    },
  ): Promise<Dispatched>;
}

export interface StoredResult {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** How the request ended, where that is known and it has not completed. */
  readonly status?: 'failed' | 'cancelled';
}

/** How a request stands that was accepted before. */
export type BeforeStatus = 'accepted' | 'completed' | 'failed' | 'cancelled' | 'abandoned';

export type Acceptance =
  | { readonly kind: 'accepted' }
  /** The same request was accepted before under this idempotency key. */
  | { readonly kind: 'replay'; readonly id: string; readonly status?: BeforeStatus }
  /** Another request was. */
  | { readonly kind: 'reused' };

export type FinishOutcome =
  | { readonly kind: 'recorded' }
  /** The request had ended before, otherwise: what is on record then is all that may leave. */
  | { readonly kind: 'superseded' };

/** Keeps what the headers of a request's images say of its study, for reports about the answer. */
export interface Contexts {
  /** Saying it twice changes nothing. @throws ServingError `unavailable` */
  keep(subject: Pick<RecordEvent, 'tenant' | 'request' | 'patient'>, context: Sensitive<StudyContext>): Promise<void>;
}

/** The durable record: an answer leaves only after `finish` has resolved. */
export interface Records {
  accept(acceptance: {
    readonly id: string;
    readonly tenant: string;
    readonly actor: string;
    readonly idempotencyKeyHash?: Buffer;
    readonly fingerprint: Buffer;
    /** After this time the request counts as abandoned, whatever its gateway does. */
    readonly leaseMs: number;
    readonly event: RecordEvent;
    /** W3C Trace Context; travels beside the event, not in it. */
    readonly traceparent?: string | undefined;
  }): Promise<Acceptance>;
  finish(ending: {
    readonly id: string;
    readonly tenant: string;
    readonly status: 'completed' | 'failed' | 'cancelled';
    readonly event: RecordEvent;
    readonly result: StoredResult;
    readonly traceparent?: string | undefined;
  }): Promise<FinishOutcome>;
  /** The stored bytes of an ended request; none while it runs, whose status is `accepted`; undefined where the tenant has no such request. */
  find(tenant: string, id: string): Promise<{ readonly status: string; readonly result?: StoredResult } | undefined>;
}

/** Whether a model can answer at once. */
export type Warmth =
  | { readonly kind: 'warm' }
  /** How long it is expected to take until it can, in milliseconds; 0: not known. */
  | { readonly kind: 'cold'; readonly expectedMs: number };

export interface Choice {
  readonly task: string;
  readonly modality: string;
  readonly modelName: string;
  readonly version: string;
  readonly warmth: Warmth;
}

/** What the models on offer say about a request before it is accepted: what the router would refuse is refused here. */
export interface Catalogue {
  /** @throws ServingError `task_not_found`, `model_not_found` */
  checkWords(wanted: { readonly task?: string; readonly model?: ModelWords }): void;
  /** @throws ServingError the same, and `task_not_available` */
  check(wanted: { readonly task?: string; readonly model?: ModelWords; readonly modality: string }): Choice;
  /** @throws ServingError `model_not_found` */
  checkModel(model: ModelWords): Choice;
}
