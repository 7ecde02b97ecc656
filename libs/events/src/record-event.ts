import { createHash } from 'node:crypto';
import { REASONS, type Reason } from '@medserve/errors';
import { CLASSES } from '@medserve/serving';
import { z } from 'zod';
import { observedSchema } from './observed';

/** Words that a record may hold: names that operators or we gave, never what a caller wrote. */
export const WORD = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/;
/**
 * A model is called what its folder is: every name that a repository serves, and the names of older records. 1 to 128
 * characters, no control character and no half of a surrogate pair, which no UTF-8 could hold.
 */
const MODEL_NAME = /^[^\p{Cc}\p{Cs}]{1,128}$/u;
/** In lower-case hex. */
export const SHA256 = /^[0-9a-f]{64}$/;
const word = z.string().regex(WORD);
const sha256 = z.string().regex(SHA256);
const reasons = Object.keys(REASONS) as [Reason, ...Reason[]];

/**
 * By which way requests come in: `POST /v1/infer`; as a job, which goes on when its caller hangs up; as a turn of a session; gRPC; the
 * Open Inference Protocol; OpenAI's; a route for studies.
 */
export const DOORS = ['rest', 'jobs', 'sessions', 'grpc', 'oip', 'openai', 'studies'] as const;

/** How the one who asked was known. */
export const ACTOR_KINDS = ['key', 'client', 'user', 'service'] as const;
/** Codes of HL7's PurposeOfUse (v3 code system ActReason) that requests carry. */
export const PURPOSES = ['TREAT', 'ETREAT', 'HOPERAT', 'HRESCH', 'PUBHLTH', 'HQUALIMP', 'BTG'] as const;
/** In place of an id of a patient or a study: HMAC-SHA-256 under a key of the tenant, in lower-case hex. */
export const keyedHash = z.string().regex(SHA256);

/** Who did it, in words that name no person: ids of keys and clients, keyed hashes of users. */
export const actorFields = {
  tenant: word,
  actor: word,
  actorKind: z.enum(ACTOR_KINDS).optional(),
  site: word.optional(),
  department: word.optional(),
  role: word.optional(),
  purpose: z.enum(PURPOSES).optional(),
};

/** What every event has, whatever it tells of. */
export const eventFields = {
  id: z.uuidv7(),
  schema: z.literal(1),
  /** RFC 3339, UTC. */
  at: z.iso.datetime({ offset: false }),
  reason: z.enum(reasons).optional(),
};

/** How many inputs a record names one by one; of more it holds the number and one hash over all. */
export const NAMED_INPUTS = 500;

/**
 * What happened to a request. No free text and nothing of a patient: images stand here by their hash. At most 65,535 bytes as
 * canonical JSON, which the bounds below keep.
 */
export const recordEventSchema = z.strictObject({
  ...eventFields,
  ...actorFields,
  /** The request's id, which is the answer's and the job's. */
  request: z.uuid(),
  event: z.enum(['accepted', 'completed', 'failed', 'cancelled', 'abandoned']),
  /** Whom the input shows, and of which study it is. */
  patient: keyedHash.optional(),
  study: keyedHash.optional(),
  /** Whether the model answered or held back. */
  decision: z.enum(['answered', 'abstained']).optional(),
  task: word.optional(),
  modality: word.optional(),
  /** Of an acceptance: by which way it came, and the model that was expected to answer. */
  door: z.enum(DOORS).optional(),
  expectedModel: z.string().regex(MODEL_NAME).optional(),
  model: z.strictObject({ name: z.string().regex(MODEL_NAME), version: word, digest: word }).optional(),
  inputs: z.array(sha256).max(NAMED_INPUTS).optional(),
  inputCount: z.int().positive().optional(),
  /** SHA-256 over the inputs' hashes, in lower-case hex, a line feed after each. */
  inputsSha256: sha256.optional(),
  /** Hash of exactly the bytes that left as the answer. */
  outputSha256: sha256.optional(),
  /** Of an answer: what may be known of it without knowing of whom it is. */
  observed: observedSchema.optional(),
  class: z.enum(CLASSES).optional(),
  timings: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9]{0,40}Ms$/), z.number().nonnegative())
    .refine((timings) => Object.keys(timings).length <= 32)
    .optional(),
});

export type RecordEvent = z.infer<typeof recordEventSchema>;
export type Door = (typeof DOORS)[number];
export type RecordEventName = RecordEvent['event'];

type InputFields = Pick<RecordEvent, 'inputs' | 'inputCount' | 'inputsSha256'>;

/** The fields that name the inputs of a request, from their SHA-256 in hex, in sending order. */
export function inputFields(hashes: readonly string[]): InputFields {
  if (hashes.length <= NAMED_INPUTS) return { inputs: [...hashes] };
  const all = createHash('sha256');
  for (const hash of hashes) all.update(`${hash}\n`);
  return { inputCount: hashes.length, inputsSha256: all.digest('hex') };
}
