import type { ImageFacts } from './facts';

/** What was imaged. A modality is a folder here and one line in `registry.ts`. */
export interface Modality {
  /** The word on the wire. */
  readonly id: string;
  readonly title: string;
  /** The task when the caller names none. */
  readonly defaultTask: string;
  readonly dimensions: 2 | 3;
  /** Whether a DICOM header says that it is this. At most one modality may say yes of an object. */
  claims(facts: ImageFacts): boolean;
}

export function defineModality(modality: Modality): Modality {
  return modality;
}

/** A claim by DICOM modality codes (PS3.3 C.7.3.1.1.1) and SOP classes (PS3.4 B.5) for images of the given dimensions. */
export function claimByHeader(
  dimensions: 2 | 3,
  codes: readonly string[],
  sopClassUids: readonly string[] = [],
): (facts: ImageFacts) => boolean {
  return ({ dimensions: found, dicom }) =>
    found === dimensions &&
    dicom !== undefined &&
    ((dicom.modality !== undefined && codes.includes(dicom.modality)) ||
      (dicom.sopClassUid !== undefined && sopClassUids.includes(dicom.sopClassUid)));
}
