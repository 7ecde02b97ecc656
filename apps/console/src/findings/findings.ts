import type { AnswerDocument, AnswerPart, Box, Coded, RunLengthMask } from '@medserve/clinical';

/** Which part of an answer: `answer` is the main one, `parts/N` the Nth beside it. So corrections name it, too. */
export type Target = 'answer' | `parts/${number}`;

/** A thing that an answer says lies somewhere: a region of an image, or a segment of a volume. */
export interface Finding {
  /** Unique in the answer: the target and the place in its list, such as `parts/0/17`. */
  readonly id: string;
  readonly target: Target;
  /** Place in the `regions` or `segments` of the part, from 0. */
  readonly index: number;
  readonly label: Coded;
  readonly score?: number;
  /** Place in the palette of findings: findings of one label share it. */
  readonly colour: number;
  readonly box?: Box;
  readonly polygon?: readonly (readonly [number, number])[];
  /** One a slice of a volume; of an image the only one, without a slice. */
  readonly masks: readonly { readonly slice?: number; readonly mask: RunLengthMask }[];
  /** What the sentences of a report call it. */
  readonly referredToAs?: string;
}

/** How many colours there are (ui/tokens.css). */
const PALETTE = 8;

export interface TargetedPart {
  readonly target: Target;
  readonly part: AnswerPart;
}

/** The main part first, then those beside it. */
export const partsOf = ({ answer }: Pick<AnswerDocument, 'answer'>): readonly TargetedPart[] => [
  { target: 'answer', part: answer },
  ...(answer.parts ?? []).map((part, place): TargetedPart => ({ target: `parts/${String(place)}` as Target, part })),
];

export const findingId = (target: Target, index: number): string => `${target}/${String(index)}`;

/** Everything that lies somewhere, in the order of the answer. */
export function findingsOf(document: Pick<AnswerDocument, 'answer'>): readonly Finding[] {
  const colours = new Map<string, number>();
  const colourOf = ({ system = '', code }: Coded): number => {
    const key = `${system}|${code}`;
    const colour = colours.get(key) ?? colours.size % PALETTE;
    colours.set(key, colour);
    return colour;
  };
  return partsOf(document).flatMap(({ target, part }) => placesOf(part, target, colourOf));
}

function placesOf(part: AnswerPart, target: Target, colourOf: (label: Coded) => number): readonly Finding[] {
  if (part.kind === 'regions') {
    return part.regions.map(({ id, label, score, box, mask, polygon }, index) => ({
      id: findingId(target, index),
      target,
      index,
      label,
      colour: colourOf(label),
      masks: mask === undefined ? [] : [{ mask }],
      ...(score === undefined ? {} : { score }),
      ...(box === undefined ? {} : { box }),
      ...(polygon === undefined ? {} : { polygon }),
      ...(id === undefined ? {} : { referredToAs: id }),
    }));
  }
  if (part.kind !== 'segmentation') return [];
  const { columns: width, rows: height } = part.grid;
  const masks = Map.groupBy(part.masks, ({ segment }) => segment);
  return part.segments.map(({ id, label, score }, index) => ({
    id: findingId(target, index),
    target,
    index,
    label,
    colour: colourOf(label),
    masks: (masks.get(id) ?? []).map(({ slice, counts }) => ({ slice, mask: { width, height, counts } })),
    ...(score === undefined ? {} : { score }),
  }));
}
