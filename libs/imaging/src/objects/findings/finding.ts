import type { Measurement, RunLengthMask } from '@medserve/clinical';
import type { Code } from '../codes/code';
import type { SourceFrame } from '../common/source-image';
import type { Outline } from './outlines';

/** Where a finding lies; nowhere in particular where an answer says nothing about a place. */
export type Place =
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'outlines'; readonly on: SourceFrame; readonly outlines: readonly Outline[] }
  | { readonly kind: 'masks'; readonly masks: readonly PlacedMask[] };

export interface PlacedMask {
  readonly on: SourceFrame;
  readonly mask: RunLengthMask;
}

export interface Evaluation {
  readonly concept: Code;
  readonly value: Code;
}

export interface Remark {
  readonly concept: Code;
  readonly text: string;
}

export interface Quantified {
  readonly concept: Code;
  readonly measurement: Pick<Measurement, 'value' | 'unit'>;
}

/** One thing that an answer says, with the names by which it is followed from one object, and one generation, to the next. */
export interface Finding {
  readonly trackingId: string;
  readonly trackingUid: string;
  /** What was found; absent where an answer is only words or numbers. */
  readonly label?: Code;
  /** As people call it. */
  readonly title: string;
  readonly category?: Code;
  readonly site?: Code;
  /** 0 to 1. */
  readonly score?: number;
  readonly place: Place;
  readonly measurements: readonly Quantified[];
  readonly evaluations: readonly Evaluation[];
  readonly remarks: readonly Remark[];
}

export const NOWHERE: Place = { kind: 'nowhere' };

/** A finding without anything said of it yet. */
export const bare = { place: NOWHERE, measurements: [], evaluations: [], remarks: [] } as const;
