import { ServingError } from '@medserve/errors';
import type { ImageFacts } from './facts';
import type { Modality } from './modality';
import { MODALITIES } from './registry';

/** What the pixels were said to show: a modality, nothing medical, or no clear verdict. */
export type PixelVerdict =
  /** `why`: a sentence that says what in them; absent: what a recogniser saw. */
  | { readonly kind: 'recognised'; readonly modality: string; readonly score: number; readonly why?: string }
  | { readonly kind: 'not-medical'; readonly score: number }
  /** They cannot be what was declared; `detail` ends a sentence that says why. */
  | { readonly kind: 'contradicted'; readonly detail: string }
  | { readonly kind: 'unclear' };

export interface ModalityQuestion {
  readonly facts: ImageFacts;
  readonly declared?: string | undefined;
  readonly allowMismatch: boolean;
  /** Absent until the pixels were asked. */
  readonly pixels?: PixelVerdict | undefined;
}

export type ModalityDecision =
  | { readonly kind: 'ask-pixels' }
  | {
      readonly kind: 'decided';
      /** What the request is served as. */
      readonly modality: Modality;
      readonly declared: string | null;
      readonly detected: string | null;
      readonly source: 'header' | 'pixels' | 'declared';
      /** A sentence that says what decided. */
      readonly why: string;
      readonly warnings: readonly string[];
    };

const known = (): string => [...MODALITIES.keys()].join(', ');

/**
 * Says what was imaged: by the header where it speaks, by the pixels where it is silent, by the caller where neither knows.
 * What the caller declared never silently overrules what was found.
 *
 * @throws ServingError `modality_mismatch` when declared and found differ and the caller did not allow it;
 *   `modality_unrecognised` when nothing says what this is; `invalid_request` for a declared word that is no modality.
 */
export function decideModality({ facts, declared, allowMismatch, pixels }: ModalityQuestion): ModalityDecision {
  const asked = declared === undefined ? undefined : MODALITIES.get(declared);
  if (declared !== undefined && asked === undefined) {
    throw new ServingError('invalid_request', `"modality" is not one of: ${known()}.`, { field: 'modality' });
  }
  const [claim] = [...MODALITIES.values()].flatMap((modality) => {
    const words = modality.claims(facts);
    return words === undefined ? [] : [{ found: modality, why: byHeader(words, facts) }];
  });
  if (claim !== undefined) return settle(claim.found, 'header', claim.why, asked, allowMismatch);
  if (facts.dimensions === 3) return checkDeclaredVolume(asked, facts, pixels, allowMismatch);
  if (pixels === undefined) return { kind: 'ask-pixels' };
  return byPixels(pixels, asked, allowMismatch);
}

function byPixels(pixels: PixelVerdict, asked: Modality | undefined, allowMismatch: boolean): ModalityDecision {
  switch (pixels.kind) {
    case 'recognised': {
      const found = MODALITIES.get(pixels.modality);
      if (found === undefined)
        throw new ServingError('internal', 'The recogniser named a modality that is not registered.');
      return settle(found, 'pixels', pixels.why ?? seen(pixels.score), asked, allowMismatch);
    }
    case 'not-medical':
      if (asked === undefined) {
        throw new ServingError(
          'modality_unrecognised',
          'The pixels do not look like a medical image of a kind served here.',
        );
      }
      return against('the pixels do not look like a medical image', asked, allowMismatch);
    case 'contradicted':
      if (asked === undefined) throw new ServingError('modality_unrecognised', 'Nothing says what was imaged.');
      return against(pixels.detail, asked, allowMismatch);
    case 'unclear':
      if (asked === undefined) {
        throw new ServingError('modality_unrecognised', 'Neither a header nor the pixels say what was imaged.');
      }
      return decided(
        asked,
        null,
        'declared',
        'It was declared: the pixels do not say clearly what was imaged.',
        asked.id,
        ['The pixels do not say clearly what was imaged; served as declared.'],
      );
  }
}

function against(found: string, asked: Modality, allowMismatch: boolean): ModalityDecision {
  if (!allowMismatch) {
    throw new ServingError('modality_mismatch', `Declared ${asked.id}, but ${found}.`, { field: 'modality' });
  }
  return decided(asked, null, 'declared', `It was declared, though ${found}.`, asked.id, [
    `Declared ${asked.id}, but ${found}; served as declared.`,
  ]);
}

function settle(
  found: Modality,
  source: 'header' | 'pixels',
  why: string,
  asked: Modality | undefined,
  allowMismatch: boolean,
): ModalityDecision {
  if (asked === undefined || asked === found) return decided(found, found.id, source, why, asked?.id ?? null, []);
  if (!allowMismatch) {
    throw new ServingError('modality_mismatch', `Declared ${asked.id}, but it is ${found.id} by the ${source}.`, {
      field: 'modality',
    });
  }
  return decided(asked, found.id, source, `It was declared, though it is ${found.id} by the ${source}.`, asked.id, [
    `Declared ${asked.id}, but it is ${found.id} by the ${source}; served as declared.`,
  ]);
}

/**
 * A volume without a telling header names no modality, so the caller must; the values can only agree or contradict:
 * Hounsfield units are CT and nothing else that is served here.
 */
function checkDeclaredVolume(
  asked: Modality | undefined,
  facts: ImageFacts,
  pixels: PixelVerdict | undefined,
  allowMismatch: boolean,
): ModalityDecision {
  if (asked === undefined) {
    throw new ServingError('modality_unrecognised', `A ${facts.container} volume does not say what was imaged.`, {
      field: 'modality',
      remedy: `Declare "modality": one of ${volumes()}.`,
    });
  }
  if (asked.dimensions !== 3) {
    throw new ServingError(
      'modality_mismatch',
      `Declared ${asked.id}, which is a single image, but a volume was sent.`,
      {
        field: 'modality',
        remedy: `Declare one of ${volumes()}.`,
      },
    );
  }
  if (pixels === undefined) return { kind: 'ask-pixels' };
  return byPixels(pixels, asked, allowMismatch);
}

const volumes = (): string =>
  [...MODALITIES.values()]
    .filter(({ dimensions }) => dimensions === 3)
    .map(({ id }) => id)
    .join(', ');

function decided(
  modality: Modality,
  detected: string | null,
  source: 'header' | 'pixels' | 'declared',
  why: string,
  declared: string | null,
  warnings: readonly string[],
): ModalityDecision {
  return { kind: 'decided', modality, declared, detected, source, why, warnings };
}

/** Nothing in it tells whom the image shows: codes and sizes only. */
function byHeader(claim: string, { dimensions, depth, width, height, dicom }: ImageFacts): string {
  const part = dicom?.bodyPart === undefined ? '' : ` and the body part ${dicom.bodyPart}`;
  const size = `${String(width)} x ${String(height)} pixels`;
  const form = dimensions === 3 ? `its ${String(depth)} slices of ${size} form a volume` : `it is one image of ${size}`;
  return `Its DICOM header names ${claim}${part}; ${form}.`;
}

const seen = (score: number): string =>
  `The recogniser, which looks at the pixels alone, is sure of it by ${score.toFixed(2)} of 1.`;
