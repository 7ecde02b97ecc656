import type { Sensitive } from '@medserve/clinical';
import type { TensorBytes } from '@medserve/rpc';
import type { Principal } from '@medserve/security';
import type { RequestClass } from '../infer/inference-request';
import type { Ticket } from '../quotas/ticket';

/*
 * The Open Inference Protocol, version 2, as its doors over HTTP and gRPC see it: what was parsed goes in, what is to be spelt
 * comes out. Neither door knows models, and what lies behind knows neither JSON nor protobuf.
 */

/** An inference request, whatever door it came by. Its tensors are checked against the model's by who answers. */
export interface OipRequest {
  readonly model: string;
  /** Absent: the newest that is served. */
  readonly version?: string | undefined;
  /** The caller's own; comes back as it is. Not the id of the record. */
  readonly id?: string | undefined;
  readonly inputs: readonly TensorBytes[];
  /** Absent or empty: all, in the model's order. */
  readonly outputs?: readonly WantedOutput[] | undefined;
  readonly class: RequestClass;
  readonly deadlineMs: number;
  readonly idempotencyKey?: string | undefined;
  /** Requests with the same key go to the same replica as long as its load allows; from `sequence_id`. */
  readonly affinityKey?: string | undefined;
  /** Whom the inputs show, in the caller's words: what is kept of them can be forgotten by it. */
  readonly patientKey?: Sensitive<string> | undefined;
  /** Whether the answer tells how the router chose. */
  readonly wantsDecision?: boolean | undefined;
  /** By which the quotas let the request in. */
  readonly ticket?: Ticket | undefined;
}

export interface WantedOutput {
  readonly name: string;
  /** The best so many classes as `value:index[:label]` instead of the tensor (classification extension). */
  readonly classes?: number | undefined;
}

export interface OipAnswer {
  /** Id of the record: a UUIDv7, the header or trailer `x-request-id`. */
  readonly requestId: string;
  readonly model: string;
  readonly version: string;
  readonly id: string | undefined;
  /** In the order asked for. */
  readonly outputs: readonly TensorBytes[];
  /** `Server-Timing`. */
  readonly serverTiming: string;
  /** How the router chose, as JSON, for who wanted to know. */
  readonly decision?: string | undefined;
}

export interface OipInference {
  /**
   * Answers by the road of every request: accepted, dispatched, completed, then answered.
   *
   * @throws ServingError `model_not_found`, `model_unloaded`, `model_broken`, `invalid_request` (datatype, shape, names, batch
   *   size), `overloaded`, `deadline_exceeded`, `cancelled`, `inference_failed`, `unavailable`
   * @param onAccepted told the id of the record once there is one; what fails after that has the same id
   */
  infer(
    principal: Principal,
    request: OipRequest,
    signal: AbortSignal,
    onAccepted?: (requestId: string) => void,
  ): Promise<OipAnswer>;
}

export interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

export interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

export interface IndexEntry {
  readonly name: string;
  readonly version: string;
  /** READY: valid and servable, cold or warm; UNAVAILABLE: unloaded on request, or broken. */
  readonly state: 'READY' | 'UNAVAILABLE';
  readonly reason: string;
}

export interface OipModels {
  /** Whether the model can be asked now, cold or warm; false where there is none. */
  ready(name: string, version: string | undefined): boolean;
  /**
   * @throws ServingError `model_not_found` with the model's name in its words; `model_broken`, `model_untrusted` with the reason
   *   where the model cannot be served, and nobody could read what it takes
   */
  metadata(name: string, version: string | undefined): ModelMetadata;
  /** The JSON form of Triton's ModelConfig. @throws ServingError as `metadata` does */
  config(name: string, version: string | undefined): Readonly<Record<string, unknown>>;
  index(onlyReady: boolean): readonly IndexEntry[];
  /** @throws ServingError `model_not_found`, `model_broken`, `invalid_request` */
  load(load: {
    readonly name: string;
    readonly configJson?: string | undefined;
    readonly files?: Readonly<Record<string, Uint8Array>> | undefined;
  }): Promise<void>;
  /** @throws ServingError `model_not_found` */
  unload(name: string): Promise<void>;
}

export interface Duration {
  readonly count: number;
  readonly ns: number;
}

/** Statistics extension: success counts requests, inferenceCount rows, executionCount runs of the model. */
export interface ModelStatistics {
  readonly name: string;
  readonly version: string;
  /** Milliseconds since 1970; 0: never. */
  readonly lastInferenceMs: number;
  readonly inferenceCount: number;
  readonly executionCount: number;
  readonly success: Duration;
  readonly fail: Duration;
  readonly queue: Duration;
  readonly computeInput: Duration;
  readonly computeInfer: Duration;
  readonly computeOutput: Duration;
  readonly cacheHit: Duration;
  readonly cacheMiss: Duration;
  readonly batches: readonly {
    readonly rows: number;
    readonly computeInput: Duration;
    readonly computeInfer: Duration;
    readonly computeOutput: Duration;
  }[];
  readonly memoryBytes: number;
}

export interface OipStatistics {
  /** Without a name: of every model and version. @throws ServingError `model_not_found` */
  read(name: string | undefined, version: string | undefined): readonly ModelStatistics[];
}
