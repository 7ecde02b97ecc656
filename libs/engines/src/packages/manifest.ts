import { z } from 'zod';

/** A path inside the package: no root, no drive, no way up, no empty or hidden steps. */
const insidePath = z
  .string()
  .max(256)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/, 'has to be a path inside the package');

const name = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'may have lower-case letters, digits and single hyphens');

const id = z.string().regex(/^[a-z0-9_-]{1,64}$/);

const step = z.looseObject({ step: z.string() });

const rows = z.int().min(1).max(65_536);

/** Rows of a run, and how requests are put together. */
const batching = z
  .strictObject({
    /** That one run, and so one request, may have; 0: the model has no rows. */
    maxRows: z.int().min(0).max(65_536),
    /** Of several requests that are put together; below 2: none. Default: as many as may run. */
    joinedRows: z.int().min(0).max(65_536).optional(),
    preferredRows: z.array(rows).max(16).default([]),
    maxDelayMs: z.number().min(0).max(10_000).default(0),
  })
  .refine(
    ({ maxRows, joinedRows = maxRows, preferredRows }) =>
      joinedRows <= maxRows && preferredRows.every((count) => count <= joinedRows),
    { message: 'preferredRows have to be at most joinedRows, and these at most maxRows' },
  );

/** A file made from the model for one kind of processor, and for the version of the engine that made it. */
const optimised = z.strictObject({ path: insidePath, cpu: z.string().regex(/^[a-z0-9.-]{1,64}$/) });

/** What was measured when the package was published. */
const profile = z.array(z.strictObject({ rows, msPerRow: z.number().positive() })).max(32);

/**
 * `model.yaml`, format `medserve.model/1`. `inputs` and `read` are there together, or a package takes tensors only. Unknown
 * members are mistakes: a misspelt limit must not be a limit ignored.
 */
export const manifestSchema = z
  .strictObject({
    format: z.literal('medserve.model/1'),
    name,
    version: z.string().regex(/^[1-9][0-9]{0,8}$/, 'has to be an integer as text'),
    title: z.string().min(1).max(200),
    engine: id,
    serves: z.array(z.strictObject({ task: id, modality: id, default: z.boolean().default(false) })).default([]),
    inputs: z.array(z.strictObject({ tensor: z.string().min(1), recipe: z.array(step).min(1).max(32) })).default([]),
    read: z.strictObject({ reader: id, parameters: z.record(z.string(), z.unknown()).default({}) }).optional(),
    limits: z.strictObject({ maxPixels: z.int().positive().optional() }).default({}),
    scaling: z.strictObject({ idleSeconds: z.number().positive().default(300) }).default({ idleSeconds: 300 }),
    threads: z.int().min(1).max(64).default(1),
    instances: z.int().min(1).max(64).default(1),
    batching: batching.optional(),
    labels: z.record(z.string(), z.array(z.string().max(1_024)).max(100_000)).default({}),
    profile: profile.default([]),
    optimised: z.array(optimised).max(16).default([]),
    intendedUse: z.string().min(1),
    notFor: z.string().min(1),
    licence: z.string().min(1),
    files: z
      .array(
        z.strictObject({ path: insidePath, sha256: z.string().regex(/^[0-9a-f]{64}$/, 'has to be a SHA-256 in hex') }),
      )
      .min(1)
      .max(256),
  })
  .refine(
    ({ inputs, read, serves }) =>
      read ? inputs.length > 0 && serves.length > 0 : inputs.length === 0 && serves.length === 0,
    {
      message: 'serves, inputs and read belong together: a package has all of them, or none and takes tensors only',
    },
  );

export type Manifest = z.infer<typeof manifestSchema>;
