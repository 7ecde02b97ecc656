import type { Answer, AnswerPart, Box, Coded } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { z } from 'zod';

/** How many corrections a review may hold. */
export const MOST_CORRECTIONS = 100;

const MOST_PARTS = 1_000;
const target = z.union([z.literal('answer'), z.string().regex(/^parts\/(?:0|[1-9]\d{0,2})$/)]);
const index = z.int().nonnegative().max(1_000_000);
const label = z.strictObject({
  code: z.string().min(1).max(1_024),
  system: z.string().max(1_024).optional(),
  display: z.string().max(4_096).optional(),
});
const box = z.strictObject({
  x: z.number().nonnegative(),
  y: z.number().nonnegative(),
  width: z.number().positive(),
  height: z.number().positive(),
});

/** What is wrong with one thing in an answer: `index` is its place in the list of the part. */
const correctionSchema = z.discriminatedUnion('action', [
  z.strictObject({ target, action: z.literal('reject'), index }),
  z.strictObject({ target, action: z.literal('relabel'), index, label }),
  z.strictObject({ target, action: z.literal('move'), index, box }),
  z.strictObject({ target, action: z.literal('add'), box, label: label.optional() }),
]);

export const correctionsSchema = z.array(correctionSchema).min(1).max(MOST_CORRECTIONS);

type WrittenCorrection = z.output<typeof correctionSchema>;
type WrittenLabel = z.output<typeof label>;

/** A correction whose label is the answer's own, with its words. */
export type Correction =
  | { readonly target: string; readonly action: 'reject'; readonly index: number }
  | { readonly target: string; readonly action: 'relabel'; readonly index: number; readonly label: Coded }
  | { readonly target: string; readonly action: 'move'; readonly index: number; readonly box: Box }
  | { readonly target: string; readonly action: 'add'; readonly box: Box; readonly label?: Coded };

/**
 * Holds corrections against the answer that they are about: what they name is in it, boxes lie in the image, and labels are its own.
 * Words are taken from the answer, never from who corrects.
 *
 * @throws ServingError `invalid_request` naming the field
 */
export function checkCorrections(answer: Answer, written: readonly WrittenCorrection[]): readonly Correction[] {
  const parts = new Map<string, AnswerPart>([
    ['answer', answer],
    ...(answer.parts ?? [])
      .slice(0, MOST_PARTS)
      .map((part, place): [string, AnswerPart] => [`parts/${String(place)}`, part]),
  ]);
  const placed = [...parts.values()].flatMap(placedLabels);
  const said = new Set<string>();
  return written.map((correction, place) => {
    const refuse = (member: string, detail: string): ServingError =>
      new ServingError('invalid_request', detail, { field: `corrections.${String(place)}.${member}` });
    const part = parts.get(correction.target);
    if (part === undefined) throw refuse('target', 'The answer has no such part.');
    if (correction.action !== 'add') {
      if (correction.index >= countOf(part)) throw refuse('index', 'The part holds nothing at this place.');
      const at = `${correction.target}/${String(correction.index)}`;
      if (said.has(`${at} reject`) || said.has(`${at} ${correction.action}`))
        throw refuse('index', 'Another correction says otherwise, or the same, of this place.');
      if (correction.action === 'reject' && (said.has(`${at} relabel`) || said.has(`${at} move`)))
        throw refuse('index', 'Another correction says otherwise of this place.');
      said.add(`${at} ${correction.action}`);
    }
    if ('box' in correction) checkBox(part, correction.box, refuse);
    if (!('label' in correction) || correction.label === undefined) {
      return correction.action === 'add' ? withoutLabel(correction) : (correction as Correction);
    }
    const known = part.kind === 'regions' || part.kind === 'segmentation' ? placed : ownLabels(part);
    return { ...correction, label: knownLabel(known, correction.label, refuse) };
  });
}

type Refuse = (member: string, detail: string) => ServingError;

const withoutLabel = ({ target: at, action, box: where }: WrittenCorrection & { action: 'add' }): Correction => ({
  target: at,
  action,
  box: where,
});

function checkBox(part: AnswerPart, { x, y, width, height }: Box, refuse: Refuse): void {
  if (part.kind !== 'regions') throw refuse('box', 'Only regions of an image have boxes.');
  const { frame } = part;
  if (x + width > frame.width || y + height > frame.height)
    throw refuse(
      'box',
      `The box does not lie in the image of ${String(frame.width)} x ${String(frame.height)} pixels.`,
    );
}

function knownLabel(known: readonly Coded[], { code, system, display }: WrittenLabel, refuse: Refuse): Coded {
  const found = known.find((one) => one.code === code && one.system === system);
  if (found === undefined) throw refuse('label', 'The answer knows no such label.');
  if (display !== undefined && display !== found.display)
    throw refuse('label', 'The answer has other words for this label.');
  return { code, ...(system === undefined ? {} : { system }), display: found.display };
}

/** How many things of a part can be corrected. */
function countOf(part: AnswerPart): number {
  switch (part.kind) {
    case 'classification':
      return part.labels.length;
    case 'regions':
      return part.regions.length;
    case 'measurements':
      return part.measurements.length;
    case 'segmentation':
      return part.segments.length;
    case 'report':
      return part.sections.reduce((sum, { sentences }) => sum + sentences.length, 0);
    case 'text':
      return 1;
    case 'embedding':
      return 0;
  }
}

function placedLabels(part: AnswerPart): readonly Coded[] {
  if (part.kind === 'regions') return part.regions.map((region) => region.label);
  return part.kind === 'segmentation' ? part.segments.map((segment) => segment.label) : [];
}

/** Of a yes-or-no answer the two words that there are. */
const YES_OR_NO: readonly Coded[] = [
  { code: 'yes', display: 'yes' },
  { code: 'no', display: 'no' },
];

function ownLabels(part: AnswerPart): readonly Coded[] {
  if (part.kind === 'classification') return part.labels;
  return part.kind === 'text' && part.reply?.form === 'closed' ? YES_OR_NO : [];
}
