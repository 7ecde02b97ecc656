import type { AnswerDocument, AnswerPart, Box, Coded } from '@medserve/clinical';
import { findingId, findingsOf, partsOf, type Target } from '../findings/findings';
import type { Overlay } from '../viewer/overlay';

/** What is wrong with one thing in an answer, as `POST /v1/results/{id}/review` takes it. */
export type Correction = Place & Change;

interface Place {
  readonly target: Target;
}

type Change =
  | { readonly action: 'reject'; readonly index: number }
  | { readonly action: 'relabel'; readonly index: number; readonly label: Coded }
  | { readonly action: 'move'; readonly index: number; readonly box: Box }
  | { readonly action: 'add'; readonly box: Box; readonly label?: Coded };

/** How many a review may hold. */
export const MOST_CORRECTIONS = 100;

/** A part of an answer in which something can be corrected. */
export interface Correctable {
  readonly target: Target;
  readonly part: AnswerPart;
  /** What there is, in its order: a correction names the place in this list. */
  readonly things: readonly string[];
  /** What a thing of it may be called instead. */
  readonly labels: readonly Coded[];
  /** Size of the image that boxes lie on; absent: it has none. */
  readonly frame?: { readonly width: number; readonly height: number };
}

const distinct = (labels: readonly Coded[]): readonly Coded[] => {
  const seen = new Map(labels.map((label) => [`${label.system ?? ''}|${label.code}`, label]));
  return [...seen.values()];
};

/** The words of a yes-or-no answer as labels: the platform knows them by these codes. */
const YES_OR_NO: readonly Coded[] = [
  { code: 'yes', display: 'yes' },
  { code: 'no', display: 'no' },
];

/** What of an answer can be corrected. */
export function correctablesOf(document: Pick<AnswerDocument, 'answer'>): readonly Correctable[] {
  const parts = partsOf(document);
  const placed = distinct(parts.flatMap(({ part }) => placedLabels(part)));
  return parts.flatMap(({ target, part }): Correctable[] => {
    const common = { target, part };
    switch (part.kind) {
      case 'classification':
        return [{ ...common, things: namesOf(part.labels), labels: distinct(part.labels.map(bare)) }];
      case 'regions':
        return [{ ...common, things: namesOf(part.regions.map(labelOf)), labels: placed, frame: part.frame }];
      case 'segmentation':
        return [{ ...common, things: namesOf(part.segments.map(labelOf)), labels: placed }];
      case 'measurements':
        return [{ ...common, things: namesOf(part.measurements), labels: [] }];
      case 'report': {
        const sentences = part.sections.flatMap((section) => section.sentences.map(({ text }) => text));
        return [{ ...common, things: sentences, labels: [] }];
      }
      case 'text': {
        const isClosed = part.reply?.form === 'closed';
        return [{ ...common, things: [part.text], labels: isClosed ? YES_OR_NO : [] }];
      }
      case 'embedding':
        return [];
    }
    return [];
  });
}

const labelOf = ({ label }: { readonly label: Coded }): Coded => label;
const namesOf = (labels: readonly Coded[]): readonly string[] => labels.map(({ display }) => display);
const bare = ({ code, system, display }: Coded): Coded => ({
  code,
  display,
  ...(system === undefined ? {} : { system }),
});

function placedLabels(part: AnswerPart): readonly Coded[] {
  if (part.kind === 'regions') return part.regions.map(labelOf);
  return part.kind === 'segmentation' ? part.segments.map(labelOf) : [];
}

/** Two that cannot both stand: the same thing said twice of one place, or anything beside that it is not there at all. */
const excludes = (one: Correction, other: Correction): boolean => {
  if (one.target !== other.target || one.action === 'add' || other.action === 'add') return false;
  return (
    one.index === other.index && (one.action === other.action || one.action === 'reject' || other.action === 'reject')
  );
};

/** With one more; what it contradicts goes. Unchanged where the list is full. */
export function withCorrection(list: readonly Correction[], added: Correction): readonly Correction[] {
  const kept = list.filter((correction) => !excludes(correction, added));
  return kept.length < MOST_CORRECTIONS ? [...kept, added] : list;
}

/**
 * A box as it is sent: within the image, with corners in tenths of a pixel; undefined where nothing of it lies in the image. A
 * correction is not more exact than the hand that drew it.
 */
export function boxWithin(box: Box, frame: { readonly width: number; readonly height: number }): Box | undefined {
  const [left, right] = within(box.x, box.x + box.width, frame.width);
  const [top, bottom] = within(box.y, box.y + box.height, frame.height);
  const found = { x: left, y: top, width: tenths(right - left), height: tenths(bottom - top) };
  return found.width > 0 && found.height > 0 ? found : undefined;
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
const within = (one: number, other: number, size: number): readonly [number, number] => {
  const clipped = [one, other].map((value) => Math.min(size, Math.max(0, Number.isFinite(value) ? value : 0)));
  return [Math.floor(Math.min(...clipped) * 10) / 10, Math.floor(Math.max(...clipped) * 10) / 10];
};

/** Where boxes would be, were the corrections true: drawn beside the marks of the answer. */
export function correctionOverlays(
  list: readonly Correction[],
  document: Pick<AnswerDocument, 'answer'>,
): readonly Overlay[] {
  const findings = new Map(findingsOf(document).map((finding) => [finding.id, finding]));
  return list.flatMap((correction, place): Overlay[] => {
    if (correction.action !== 'move' && correction.action !== 'add') return [];
    const moved =
      correction.action === 'move' ? findings.get(findingId(correction.target, correction.index)) : undefined;
    const label = correction.action === 'add' ? correction.label : moved?.label;
    const colour = moved?.colour ?? CORRECTED_COLOUR;
    return [
      { id: `correction/${String(place)}`, label: `✎ ${label?.display ?? ''}`.trim(), colour, box: correction.box },
    ];
  });
}

/** The last of the palette: what was added by a person has no colour of the answer's. */
const CORRECTED_COLOUR = 7;
