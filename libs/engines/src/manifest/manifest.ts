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

const tokens = z.int().min(1).max(16_777_216);

/** How a typed task becomes a conversation, and its text an answer. */
const prompt = z.strictObject({
  /** `{question}` and `{phrase}` stand for what the request says. */
  template: z.string().min(1).max(16_384),
  system: z.string().min(1).max(16_384).optional(),
  /** Of the text readers, in the clinical library. */
  reader: id,
  parameters: z.record(z.string(), z.unknown()).default({}),
  maxAnswerTokens: tokens.optional(),
  /** Goes with every answer: what its reader has to know of the model before believing it. */
  warning: z.string().min(1).max(500).optional(),
});

/** What of a generative model is specific to how it sees. */
const sight = z.strictObject({
  /** Input of the vision part; absent: the engine reads image files. */
  tensor: z.string().min(1).optional(),
  recipe: z.array(step).min(1).max(32).optional(),
  /** What stands for an image in the prompt. */
  token: z.string().min(1).max(64).optional(),
  /** Tokens that one image takes. */
  tokens,
  maxImages: z.int().min(1).max(64),
});

const adapter = z.strictObject({
  name,
  file: insidePath,
  /** Of the decoder file that it was trained for. */
  base: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'has to be sha256: and 64 hex digits'),
});

/** A model that writes. Files are those of the `onnx` engine; a package that names a pool has none. */
const generation = z.strictObject({
  tokenizer: insidePath.optional(),
  chatTemplate: insidePath.optional(),
  beginToken: z.string().min(1).max(64).optional(),
  endTokens: z.array(z.string().min(1).max(64)).max(16).default([]),
  /** Tokens of a prompt, those of its images among them, and of its answer together. */
  contextTokens: tokens,
  /** Of one answer, where the request names no limit. */
  maxAnswerTokens: tokens,
  /** Answers that are written at once. */
  slots: z.int().min(1).max(256).default(8),
  /** Prompt tokens that one run takes at most. */
  prefillTokens: tokens.default(256),
  parts: z
    .strictObject({ decoder: insidePath, embed: insidePath.optional(), vision: insidePath.optional() })
    .optional(),
  image: sight.optional(),
  adapters: z.array(adapter).max(64).default([]),
  prompts: z.record(id, prompt).default({}),
});

/** A model that turns texts into vectors: a tokenizer before a graph that batches like any other. */
const text = z.strictObject({
  tokenizer: insidePath,
  /** What is longer is cut. */
  maxTokens: tokens,
  inputs: z.strictObject({ ids: z.string().min(1), mask: z.string().min(1), types: z.string().min(1).optional() }),
  output: z.string().min(1),
});

/** Servers elsewhere that run the model; where they are, the deployment says. */
const pool = z.strictObject({
  name,
  /** What the model is called there. */
  model: z.string().min(1).max(256),
  adapters: z
    .array(z.strictObject({ name, model: z.string().min(1).max(256) }))
    .max(64)
    .default([]),
  /** Of a pool of tensor servers: what the model takes and gives. */
  inputs: z
    .array(z.strictObject({ name: z.string().min(1), datatype: z.string(), shape: z.array(z.int()) }))
    .default([]),
  outputs: z
    .array(z.strictObject({ name: z.string().min(1), datatype: z.string(), shape: z.array(z.int()) }))
    .default([]),
});

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
    generation: generation.optional(),
    text: text.optional(),
    pool: pool.optional(),
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
      .max(256),
  })
  .refine(({ files, pool: servers }) => files.length > 0 || servers !== undefined, {
    message: 'files: only a package that names a pool may have none',
  })
  .refine(({ generation: writes, text: reads }) => writes === undefined || reads === undefined, {
    message: 'generation and text exclude each other: a package writes, or turns texts into vectors',
  })
  .refine(
    ({ inputs, read, serves, generation: writes, text: reads }) => {
      if (writes !== undefined || reads !== undefined) return inputs.length === 0 && !read && serves.length > 0;
      return read ? inputs.length > 0 && serves.length > 0 : inputs.length === 0 && serves.length === 0;
    },
    {
      message:
        'serves, inputs and read belong together: a package has all of them, or none and takes tensors only; one with generation or text has serves and neither of the others',
    },
  );

export type Manifest = z.infer<typeof manifestSchema>;
