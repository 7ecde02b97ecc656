import { ServingError } from '@medserve/errors';
import { z } from 'zod';
import type { CatalogueEntry, CatalogueState } from './catalogue';

const STATE_NAMES = {
  cold: 'MODEL_STATE_COLD',
  loading: 'MODEL_STATE_LOADING',
  ready: 'MODEL_STATE_READY',
  broken: 'MODEL_STATE_BROKEN',
  unloaded: 'MODEL_STATE_UNLOADED',
} as const satisfies Record<CatalogueState, string>;

const MOST_BYTES = 16 * 2 ** 20;
const MOST_MODELS = 10_000;

/* The JSON form of Protocol Buffers leaves out what has its default value, and writes numbers of 64 bits as text. */
const text = z.string().default('');
const count = z.coerce.number().int().min(0).default(0);
const flag = z.boolean().default(false);

const tensor = z.object({ name: text, datatype: text, shape: z.array(z.coerce.number().int()).default([]) });

const language = z.object({
  generates: flag,
  contextTokens: count,
  maxAnswerTokens: count,
  maxImages: count,
  adapters: z.array(z.string()).default([]),
  slots: count,
});

const model = z
  .object({
    name: z.string().min(1),
    version: z.string().min(1),
    title: text,
    digest: text,
    engine: text,
    serves: z.array(z.object({ task: text, modality: text, default: flag })).default([]),
    state: z.enum(STATE_NAMES),
    reason: text,
    intendedUse: text,
    notFor: text,
    licence: text,
    inputs: z.array(tensor).default([]),
    outputs: z.array(tensor).default([]),
    configJson: text,
    maxBatchSize: count,
    labels: z.array(z.object({ output: text, labels: z.array(z.string()).default([]) })).default([]),
    instances: count,
    residentBytes: count,
    expectedLoadMs: count,
    signer: text,
    approver: text,
    fromLocalCopy: flag,
    untrusted: flag,
    sentAlong: flag,
    language: language.optional(),
  })
  .transform((read): CatalogueEntry => {
    const state = (Object.keys(STATE_NAMES) as CatalogueState[]).find((name) => STATE_NAMES[name] === read.state);
    return { ...read, state: state ?? 'broken' };
  });

const catalogue = z.array(model).max(MOST_MODELS);

/** The entries as a JSON array of `medserve.v1.Model`, for a file that `readCatalogue` reads. */
export function writeCatalogue(entries: readonly CatalogueEntry[]): string {
  const models = entries.map(({ state, residentBytes, ...entry }) => ({
    ...entry,
    state: STATE_NAMES[state],
    residentBytes: String(residentBytes),
  }));
  return `${JSON.stringify(models, undefined, 2)}\n`;
}

/**
 * Reads what `writeCatalogue` wrote, or another JSON form of `medserve.v1.Model`s. What a newer release says besides is passed over.
 *
 * @throws ServingError `invalid_request` that names every mistake
 */
export function readCatalogue(written: string): readonly CatalogueEntry[] {
  if (Buffer.byteLength(written) > MOST_BYTES)
    throw new ServingError('invalid_request', 'The catalogue is too long.', {
      limit: `bytes of a catalogue: ${String(MOST_BYTES)}`,
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(written);
  } catch (cause) {
    throw new ServingError('invalid_request', 'The catalogue is not JSON.', { cause });
  }
  const read = catalogue.safeParse(parsed);
  if (read.success) return read.data;
  throw new ServingError('invalid_request', `The catalogue: ${z.prettifyError(read.error)}`);
}
