import type { ImageFacts } from './facts';

/** What was imaged. A modality is a folder here and one line in `registry.ts`. */
export interface Modality {
  /** The word on the wire. */
  readonly id: string;
  readonly title: string;
  /** The task when the caller names none. */
  readonly defaultTask: string;
  readonly dimensions: 2 | 3;
  /** What in a DICOM header says that it is this, in words; undefined where nothing does. At most one modality may claim an object. */
  claims(facts: ImageFacts): string | undefined;
}

export function defineModality(modality: Modality): Modality {
  return modality;
}

/**
 * A claim by DICOM modality codes (PS3.3 C.7.3.1.1.1) and SOP classes (PS3.4 B.5) for images of the given dimensions.
 *
 * @param sopClasses names by UID
 */
export function claimByHeader(
  dimensions: 2 | 3,
  codes: readonly string[],
  sopClasses: Readonly<Record<string, string>> = {},
): (facts: ImageFacts) => string | undefined {
  return ({ dimensions: found, dicom = {} }) => {
    if (found !== dimensions) return undefined;
    const { modality, sopClassUid = '' } = dicom;
    if (modality !== undefined && codes.includes(modality)) return `the modality code ${modality}`;
    return Object.hasOwn(sopClasses, sopClassUid) ? `the SOP class ${sopClasses[sopClassUid] ?? ''}` : undefined;
  };
}
