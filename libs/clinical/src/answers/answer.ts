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

export interface Text {
  readonly kind: 'text';
  readonly text: string;
}

export interface Embedding {
  readonly kind: 'embedding';
  readonly values: readonly number[];
}

export type AnswerPart = Classification | Regions | Measurements | Text | Embedding;

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
