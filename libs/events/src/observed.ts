import { z } from 'zod';

/** What makes an answer one to look at twice, as codes: the sentences themselves stand in the answer. */
export const WARNING_CODES = [
  /** Another model answered than was asked for, which was not loaded. */
  'fallback_model',
  /** Served as the modality that was declared, which neither header nor pixels confirm. */
  'modality_unconfirmed',
  /** Not all of what was sent was looked at: a frame of many, no slice twice. */
  'input_reduced',
  /** All pixels have one value, nearly. */
  'input_constant',
  /** Most pixels are at an end of the range. */
  'input_clipped',
  /** Fewer than 64 rows or columns. */
  'input_small',
  /** The model or its package has something to say about the answer. */
  'model_caution',
] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

/** How far apart pixels are, in classes: none is known, below 0.05, 0.5, 1.5 millimetres, or more. */
export const SPACINGS = ['none', 'microscopic', 'fine', 'middle', 'coarse'] as const;

/** A word of a model's own list of labels, or of a list of ours. */
export const LABEL = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;
export const SCORES = 16;

/**
 * What was seen of an answer and its input, for those who watch models and not patients: numbers, and words of closed lists. No free
 * text, nothing that a caller wrote, no name or number of a device, a station or a person; at most 1 kB.
 */
export const observedSchema = z.strictObject({
  /** What was found first and foremost. */
  label: z.string().regex(LABEL).optional(),
  /** How sure, 0 to 1, the answer's own score first. */
  scores: z.array(z.number().min(0).max(1)).min(1).max(SCORES).optional(),
  warnings: z.array(z.enum(WARNING_CODES)).min(1).max(WARNING_CODES.length).optional(),
  input: z
    .strictObject({
      rows: z.int().positive(),
      columns: z.int().positive(),
      slices: z.int().positive(),
      /** Of the values that the model was given: stored ones, or rescaled to a unit where the header says how. */
      values: z.enum(['stored', 'rescaled']),
      mean: z.number(),
      sd: z.number().nonnegative(),
      /** Share of values at the smallest or the largest one. */
      clipped: z.number().min(0).max(1),
      spacing: z.enum(SPACINGS),
    })
    .optional(),
  /** `<maker>:<family>` of a published list, `other` for what is not on it. */
  scanner: z.string().regex(LABEL).optional(),
  /** Of the model's run, the share that was this request's, in milliseconds. 0: the answer was kept from before. */
  runMs: z.number().nonnegative().optional(),
});

export type ObservedFacts = z.infer<typeof observedSchema>;
type InputFacts = NonNullable<ObservedFacts['input']>;

const MEMBERS: ReadonlySet<string> = new Set(['input', 'label', 'runMs', 'scanner', 'scores', 'warnings']);
const INPUT_MEMBERS: ReadonlySet<string> = new Set([
  'clipped',
  'columns',
  'mean',
  'rows',
  'sd',
  'slices',
  'spacing',
  'values',
]);
const CODES: ReadonlySet<string> = new Set(WARNING_CODES);
const SPACING_WORDS: ReadonlySet<string> = new Set(SPACINGS);
const VALUES: ReadonlySet<string> = new Set(['stored', 'rescaled']);

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isShare = (value: unknown): boolean => isNumber(value) && value >= 0 && value <= 1;
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
const isLabel = (text: unknown): boolean => text === undefined || (typeof text === 'string' && LABEL.test(text));
const isSome = (list: unknown, most: number, isOne: (item: unknown) => boolean): boolean =>
  list === undefined || (Array.isArray(list) && list.length > 0 && list.length <= most && list.every(isOne));

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function isUsualInput(input: InputFacts): boolean {
  if (!isObject(input)) return false;
  for (const member in input) if (!INPUT_MEMBERS.has(member)) return false;
  return (
    isCount(input.rows) &&
    isCount(input.columns) &&
    isCount(input.slices) &&
    VALUES.has(input.values) &&
    isNumber(input.mean) &&
    isNumber(input.sd) &&
    input.sd >= 0 &&
    isShare(input.clipped) &&
    SPACING_WORDS.has(input.spacing)
  );
}

/** Whether the schema would take them, and `usualFacts` can write them. */
export function areUsualFacts(facts: ObservedFacts): boolean {
  if (!isObject(facts)) return false;
  for (const member in facts) if (!MEMBERS.has(member)) return false;
  const { input, label, scanner, scores, warnings, runMs } = facts;
  return (
    (input === undefined || isUsualInput(input)) &&
    isLabel(label) &&
    isLabel(scanner) &&
    isSome(scores, SCORES, isShare) &&
    isSome(warnings, WARNING_CODES.length, (code) => CODES.has(code as string)) &&
    (runMs === undefined || (isNumber(runMs) && runMs >= 0))
  );
}

/** Canonical JSON (RFC 8785) of facts that are usual: numbers are written as ECMAScript does, and no text needs an escape. */
export function usualFacts({ input, label, runMs, scanner, scores, warnings }: ObservedFacts): string {
  const members = [
    input === undefined
      ? ''
      : `"input":{"clipped":${String(input.clipped)},"columns":${String(input.columns)},"mean":${String(input.mean)},` +
        `"rows":${String(input.rows)},"sd":${String(input.sd)},"slices":${String(input.slices)},` +
        `"spacing":"${input.spacing}","values":"${input.values}"},`,
    label === undefined ? '' : `"label":"${label}",`,
    runMs === undefined ? '' : `"runMs":${String(runMs)},`,
    scanner === undefined ? '' : `"scanner":"${scanner}",`,
    scores === undefined ? '' : `"scores":[${scores.join(',')}],`,
    warnings === undefined ? '' : `"warnings":["${warnings.join('","')}"],`,
  ].join('');
  return `{${members.slice(0, -1)}}`;
}
