import { parse } from 'yaml';
import { z } from 'zod';
import { broken } from '../broken';
import type { ModelPackage } from './model-package';
import { readSmallFile, stampFile } from '../package-files';

const score = z
  .strictObject({
    /** In words, such as `sensitivity`. */
    metric: z.string().min(1).max(120),
    value: z.number(),
    low: z.number().optional(),
    high: z.number().optional(),
    /** Which interval that is, such as `95 %, Wilson`. */
    interval: z.string().min(1).max(60).optional(),
    /** UCUM, `1` of a plain number; absent: a share, from 0 to 1. */
    unit: z.string().min(1).max(32).optional(),
    /** How many cases were judged. */
    cases: z.int().positive().max(4_294_967_295).optional(),
    /** What it was measured on. */
    data: z.string().min(1).max(200),
    task: z
      .string()
      .regex(/^[a-z0-9_-]{1,64}$/)
      .optional(),
  })
  .refine(({ low, high }) => (low === undefined) === (high === undefined), { message: 'low and high belong together' })
  .refine(({ value, low = value, high = value }) => low <= value && value <= high, {
    message: 'value has to lie between low and high',
  })
  .refine(({ value, low = value, high = value, unit }) => unit !== undefined || (low >= 0 && high <= 1), {
    message: 'a share lies between 0 and 1; anything else has a unit, such as 1',
  });

/** `measured.yaml`, format `medserve.measured/1`. */
const measuredSchema = z.strictObject({
  format: z.literal('medserve.measured/1'),
  scores: z.array(score).min(1).max(64),
});

/** A score of a model, as its card tells it: for people to compare, for nothing that decides. */
export type MeasuredScore = z.infer<typeof score>;

const MEASURED = 'measured.yaml';
const MAX_BYTES = 64 * 1024;

/**
 * What was measured of the model before it was published; none where the package says nothing of it. Like the card it is no part of
 * what runs, nor of the digest, and a mistake in it breaks nothing.
 *
 * @throws ServingError `model_broken` saying what is wrong with the file
 */
export async function readMeasuredScores({ folder }: Pick<ModelPackage, 'folder'>): Promise<readonly MeasuredScore[]> {
  const isThere = await stampFile(folder, MEASURED).then(
    () => true,
    () => false,
  );
  if (!isThere) return [];
  const parsed = measuredSchema.safeParse(parsedYaml(await readSmallFile(folder, MEASURED, MAX_BYTES)));
  if (parsed.success) return parsed.data.scores;
  const [issue] = parsed.error.issues;
  throw broken(`${MEASURED} is not right: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`);
}

function parsedYaml(text: string): unknown {
  try {
    // No aliases: a few lines of them unfold to gigabytes.
    return parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw broken(`${MEASURED} is no YAML that is read here.`, error);
  }
}
