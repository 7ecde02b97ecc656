import { CLASSES } from '@medserve/serving';
import { z } from 'zod';
import { conditionSchema } from './condition';

/** A label of metrics and a word of records. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
const MODEL = /^[^\s:,]{1,128}(?::[0-9]{1,9})?$/;
const MOST_RUNS = 16;
const MOST_SERIES = 32;

const name = z.string().regex(NAME, 'has to be at most 40 small letters, digits and hyphens');
const seconds = z.number().min(0).max(86_400);

const EXCLUSIONS = ['localizer', 'derived', 'secondary-capture'] as const;
export type Exclusion = (typeof EXCLUSIONS)[number];

const PREFERENCES = ['thinnest', 'most-slices', 'newest'] as const;
export type Preference = (typeof PREFERENCES)[number];

const DICOM_KINDS = ['sr', 'seg', 'sc', 'gsps'] as const;
export type DicomKind = (typeof DICOM_KINDS)[number];

const completeSchema = z.strictObject({
  /** `quiet`: when nothing came for a while; `go`: when somebody says so. Both: at the latest after the longest wait. */
  on: z.enum(['quiet', 'go']).default('quiet'),
  /** After the last instance, or the end of the association that brought it. */
  quietSeconds: seconds.default(30),
  /** After the first instance. */
  maxWaitSeconds: seconds.default(600),
  /**
   * Of the counts that headers give (0020,1208 and 0020,1209). `hint`: a study that has all is complete at once; `hold`: and one that
   * has not is waited for as long as may be; `ignore`: they say nothing.
   */
  expected: z.enum(['hint', 'hold', 'ignore']).default('hint'),
});

const seriesSchema = z.strictObject({
  where: conditionSchema.default({}),
  /** Frames of its images together. */
  minSlices: z.int().min(1).max(100_000).default(1),
  /** As many as a request may hold. */
  maxSlices: z.int().min(1).max(100_000).default(2_000),
  exclude: z
    .array(z.enum(EXCLUSIONS))
    .max(EXCLUSIONS.length)
    .default([...EXCLUSIONS]),
  /** The first decides, the next where it leaves several. */
  prefer: z.array(z.enum(PREFERENCES)).max(PREFERENCES.length).default(['thinnest', 'most-slices', 'newest']),
  take: z.enum(['one', 'all']).default('one'),
  /** What a request is made of: all images of a series, or each image. */
  each: z.enum(['series', 'image']).default('series'),
  /** Requests of one run. */
  most: z.int().min(1).max(MOST_SERIES).default(8),
});

const runSchema = z.strictObject({
  name,
  task: name,
  model: z.string().regex(MODEL, 'has to be a model, name or name:version').optional(),
  modality: name.optional(),
  parameters: z.record(z.string().max(128), z.unknown()).default({}),
  question: z.string().min(1).max(4_000).optional(),
  /** Left out where no model is served that can do it. */
  optional: z.boolean().default(false),
  deadlineSeconds: z.number().min(1).max(3_600).default(900),
});

const resultsSchema = z.strictObject({
  dicom: z.array(z.enum(DICOM_KINDS)).max(DICOM_KINDS.length).default(['sr', 'seg', 'sc']),
});

/** One YAML file of `routes/`: which studies, which series of them, which models, and where the results go. */
export const routeSchema = z.strictObject({
  name,
  description: z.string().min(1).max(400),
  /** Of the study; absent: every one. */
  when: conditionSchema.default({}),
  class: z.enum(CLASSES).default('routine'),
  /** The first that holds gives another class. */
  classes: z
    .array(z.strictObject({ class: z.enum(CLASSES), when: conditionSchema }))
    .max(16)
    .default([]),
  complete: completeSchema.default(completeSchema.parse({})),
  series: seriesSchema.default(seriesSchema.parse({})),
  runs: z
    .array(runSchema)
    .min(1)
    .max(MOST_RUNS)
    .refine((runs) => new Set(runs.map((run) => run.name)).size === runs.length, 'two runs have the same name'),
  results: resultsSchema.default(resultsSchema.parse({})),
  /** Names of destinations, or all that there are. */
  deliver: z.union([z.literal('all'), z.array(z.string().min(1).max(64)).max(64)]).default('all'),
  /** What becomes of a study of which a run failed: it fails, or what others answered is delivered. */
  onFailure: z.enum(['fail', 'deliver-the-rest']).default('fail'),
});

export type Route = z.output<typeof routeSchema>;
export type RouteRun = Route['runs'][number];
export type Completeness = Route['complete'];
