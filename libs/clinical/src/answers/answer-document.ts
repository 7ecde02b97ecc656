import type { Answer, Decision, Finding } from './answer';

/** Which of the inputs a slice of the volume came from. */
export interface SliceSource {
  /** Place in `provenance.inputs`. */
  readonly input: number;
  /** From 1, of an object with several frames; of a NIfTI volume the place along its third axis. */
  readonly frame?: number;
}

/** The document that answers a request (native API, "Answer 200"), as who reads a stored one finds it. */
export interface AnswerDocument {
  readonly id: string;
  readonly status: 'completed';
  readonly task: string;
  readonly modality: {
    readonly declared: string | null;
    readonly detected: string | null;
    readonly source: string;
    readonly served: string;
    readonly detail: Readonly<Record<string, unknown>>;
  };
  readonly answer: Answer;
  readonly confidence: Readonly<Record<string, number>>;
  readonly decision: Decision;
  readonly warnings: readonly string[];
  readonly evidence: Finding['evidence'];
  readonly provenance: {
    readonly model: { readonly name: string; readonly version: string; readonly digest: string };
    readonly engine: string;
    /** One entry a file, in sending order. */
    readonly inputs: readonly { readonly sha256: string; readonly kind: string; readonly bytes: number }[];
    /** Of a volume: one entry a slice, in the order of the volume. */
    readonly slices?: readonly SliceSource[];
    /** Where a frame or a region was asked for: what was looked at. Coordinates of the answer count from its corner. */
    readonly view?: {
      /** From 1. */
      readonly frame?: number;
      /** With the level that it was read at; `downsample`: pixels of the finest level to one of the picture. */
      readonly region?: {
        readonly x: number;
        readonly y: number;
        readonly width: number;
        readonly height: number;
        readonly level: number;
        readonly downsample: number;
      };
    };
    readonly record: { readonly accepted: string; readonly completed: string };
    readonly timings: Readonly<Record<string, number>>;
  };
}
