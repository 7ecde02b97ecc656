/** A code with the system that defines it (SNOMED CT, RadLex, DICOM ...); without `system` it is the model's own. */
export interface Coded {
  readonly code: string;
  readonly system?: string;
  readonly display: string;
}

export interface ScoredLabel extends Coded {
  /** 0 to 1. */
  readonly score: number;
}

export interface Classification {
  readonly kind: 'classification';
  /** What was decided among these labels, such as `organ`; needed where an answer holds several classifications. */
  readonly about?: string;
  /** Best first. */
  readonly labels: readonly ScoredLabel[];
}

/** In pixels of the input image, origin at its top left corner; a pixel's left edge is its index. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A mask as run lengths in row-major order, beginning with the run of zeros: COCO's order, but by rows. */
export interface RunLengthMask {
  readonly width: number;
  readonly height: number;
  readonly counts: readonly number[];
}

export interface Region {
  /** By which the sentences of the same answer refer to it; unique within the answer. */
  readonly id?: string;
  readonly label: Coded;
  readonly score?: number;
  readonly box?: Box;
  readonly mask?: RunLengthMask;
  readonly polygon?: readonly (readonly [number, number])[];
}

export interface Regions {
  readonly kind: 'regions';
  readonly regions: readonly Region[];
  /** Size of the image that the coordinates belong to, in pixels. */
  readonly frame: { readonly width: number; readonly height: number };
  /** Why there, in the words of a model that wrote it. */
  readonly rationale?: string;
}

export interface Measurement extends Coded {
  readonly value: number;
  /** UCUM, such as `mL`, `mm`, `%`, `1`. */
  readonly unit: string;
}

export interface Measurements {
  readonly kind: 'measurements';
  readonly measurements: readonly Measurement[];
}

/** What a text says about the question, in the form that was asked for. */
export type Reply =
  /** Yes or no. */
  | { readonly form: 'closed'; readonly value: 'yes' | 'no' }
  /** The options that were chosen of those that the request gave, in the request's order; several only where they were asked for. */
  | { readonly form: 'choice'; readonly chosen: readonly Coded[] }
  /** Free words. */
  | { readonly form: 'open' };

/** Words of a model. */
export interface Text {
  readonly kind: 'text';
  /** The answer as it was written, without its rationale. */
  readonly text: string;
  /** Absent where the text could not be read as the form that was asked for: then the finding abstains. */
  readonly reply?: Reply;
  /** Why, in the model's words: an output to be checked, no explanation of how the answer came about. */
  readonly rationale?: string;
  /** As detected by its script: a language tag (BCP 47), `und-Latn` of any text in Latin letters. */
  readonly language?: string;
}

export interface Sentence {
  readonly text: string;
  /** Ids of regions in the `parts` of the same answer; empty: the sentence names no place. */
  readonly regions: readonly string[];
  readonly rationale?: string;
}

export interface Section {
  /** `findings`, `impression`, or another heading in lower case; `other` of what stands under none. */
  readonly code: string;
  readonly title: string;
  readonly sentences: readonly Sentence[];
}

/** A draft for a person to sign. Every region that a sentence refers to is among the regions of `parts`. */
export interface Report {
  readonly kind: 'report';
  /** In the order of the text. */
  readonly sections: readonly Section[];
  readonly rationale?: string;
  /** As of a text. */
  readonly language?: string;
}

/** One thing that was outlined, throughout the volume. */
export interface Segment {
  /** Unique within the answer. */
  readonly id: string;
  readonly label: Coded;
  /** What kind of thing it is, such as SNOMED CT 123037004 "Body structure". */
  readonly category?: Coded;
  readonly score?: number;
  /** Of this segment, such as its volume. */
  readonly measurements?: readonly Measurement[];
}

/**
 * Masks of a volume, on the grid of the samples as they were sent: what the slice with index `k` shows lies in the input that
 * `provenance.slices[k]` names.
 */
export interface Segmentation {
  readonly kind: 'segmentation';
  readonly segments: readonly Segment[];
  readonly grid: { readonly slices: number; readonly rows: number; readonly columns: number };
  /** Slices that hold nothing of a segment have no entry; `counts` as in `RunLengthMask`. */
  readonly masks: readonly { readonly segment: string; readonly slice: number; readonly counts: readonly number[] }[];
}

export interface Embedding {
  readonly kind: 'embedding';
  readonly values: readonly number[];
}

export type AnswerPart = Classification | Regions | Measurements | Text | Report | Segmentation | Embedding;

/** The main kind of an answer, with further parts beside it. */
export type Answer = AnswerPart & { readonly parts?: readonly AnswerPart[] };

/** Whether the model stands by its answer, or says that it had better be left to a person. */
export type Decision = 'answered' | 'abstained';

/** What a model says about one input: the answer with its evidence and its doubts. */
export interface Finding {
  readonly answer: Answer;
  readonly decision: Decision;
  /** How sure, by named figures between 0 and 1; the card says how each was calibrated. */
  readonly confidence: Readonly<Record<string, number>>;
  /** What the answer rests on, in words a reader can check: counts, thresholds, geometry used. */
  readonly evidence: readonly { readonly kind: string; readonly [key: string]: unknown }[];
  readonly warnings: readonly string[];
}
