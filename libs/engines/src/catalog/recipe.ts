import { z } from 'zod';

/** What is not known is said so, and not left out. */
const UNCONFIRMED = 'unconfirmed';

const name = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'may have lower-case letters, digits and single hyphens');
const id = z.string().regex(/^[a-z0-9_-]{1,64}$/);
const words = z.string().min(1).max(600);
const tokens = z.int().min(1).max(16_777_216);

const source = z.strictObject({
  kind: z.enum(['paper', 'repository', 'weights']),
  url: z.url({ protocol: /^https$/ }),
});

/** A part of the system, and what runs it here. */
const part = z.strictObject({
  part: z.enum(['vision', 'projector', 'decoder', 'text-encoder', 'adapter', 'classifier', 'segmenter']),
  what: words,
  /** `pool`: within the server that runs the whole; otherwise a package of its own, by its engine. */
  runs: z.enum(['pool', 'onnx', 'oip']),
});

const budget = z.strictObject({
  contextTokens: tokens,
  maxAnswerTokens: tokens,
  /** That one image takes. */
  imageTokens: tokens,
  maxImages: z.int().min(1).max(64),
  /** Answers that are written at once. */
  slots: z.int().min(1).max(256),
});

const memory = z.strictObject({
  parametersBillions: z.number().positive().max(1_000),
  bytesPerParameter: z.number().positive().max(4),
  /** Of keys and values for one token, in KiB; absent of what writes nothing, and where it is not known. */
  kvKiBPerToken: z.number().positive().max(4_096).optional(),
});

/** One thing that callers can ask, in the platform's words. */
const contract = z.strictObject({
  task: id,
  modalities: z.array(id).min(1),
  given: z.array(words).min(1),
  answer: words,
  /** What a request needs beside its image, and an example of it. */
  example: z
    .strictObject({ question: words.optional(), parameters: z.record(z.string(), z.unknown()).default({}) })
    .default({ parameters: {} }),
  /** How a model that writes is asked, with `{question}` and `{phrase}`. */
  prompt: z
    .strictObject({ template: words, reader: id, parameters: z.record(z.string(), z.unknown()).default({}) })
    .optional(),
});

/** A tiny model of noise with the system's shape, by which the recipe is proved. */
const standIn = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('decoder'),
    sees: z.enum(['pictures', 'volumes']).default('pictures'),
    layers: z.int().min(1).max(4).default(2),
    /** Heads of queries for each head of keys and values, as in the system. */
    queriesPerKey: z.union([z.literal(1), z.literal(2), z.literal(4)]),
  }),
  z.strictObject({
    kind: z.literal('dual-encoder'),
    /** Pixels of a side. */
    side: z.int().min(1).max(1_024),
    dimension: z.int().min(1).max(4_096),
  }),
]);

/**
 * `catalog/<system>.yaml`, format `medserve.recipe/1`: how a published system is served here. Facts with their source; what could
 * not be confirmed stands under `unconfirmed`.
 */
export const recipeSchema = z
  .strictObject({
    format: z.literal('medserve.recipe/1'),
    system: name,
    title: z.string().min(1).max(120),
    does: words,
    sources: z.array(source).min(1).max(8),
    licence: z.strictObject({ code: words.default(UNCONFIRMED), weights: words.default(UNCONFIRMED) }),
    base: z.strictObject({ vision: words, connector: words.optional(), language: words.optional() }),
    serving: z.strictObject({
      engine: z.enum(['openai', 'oip', 'onnx']),
      server: z.enum(['vllm', 'sglang', 'transformers', 'own-image', 'triton', 'medserve']),
      /** As the server calls it, or as its weights are published. */
      model: z.string().min(1).max(256),
      /** Class of the server that runs it. */
      architecture: z.string().min(1).max(128).optional(),
      /** Whether its weights come with code that has to be run: then in an image of its own, without network. */
      remoteCode: z.boolean(),
      /** What has to be done before it serves. */
      steps: z.array(words).max(16).default([]),
    }),
    parts: z.array(part).min(1).max(16),
    budget: budget.optional(),
    adapters: z.array(name).max(64).default([]),
    memory,
    contract: z.array(contract).min(1).max(16),
    /** What the system does that the platform has no task for. */
    beyond: z.array(words).max(16).default([]),
    standIn,
    unconfirmed: z.array(words).max(16).default([]),
  })
  .refine(({ budget: limits, standIn: { kind } }) => (kind === 'decoder') === (limits !== undefined), {
    message: 'budget: a system that writes has one, and no other',
  })
  .refine(({ adapters, standIn: { kind } }) => kind === 'decoder' || adapters.length === 0, {
    message: 'adapters: only a system that writes has any',
  });

export type Recipe = z.infer<typeof recipeSchema>;
