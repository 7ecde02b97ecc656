import { z } from 'zod';
import { SESSION_LIMITS } from '../chat/limits';
import { sessionSchema, turnSchema } from '../chat/session-schema';
import { idParameter, json, limited, ref, refusals } from './words';

/* One source for what is accepted and what is described: the schemas that check requests. */
const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });

const header = (name: string, description: string, schema: object) => ({
  name,
  in: 'header',
  required: false,
  description,
  schema,
});

/** Conversations that the platform keeps, each for its owner alone. */
export const SESSION_PATHS = {
  '/v1/sessions': {
    post: {
      summary: 'Open a conversation with a model that writes',
      operationId: 'openSession',
      requestBody: { required: false, content: json(ref('NewSession')) },
      responses: {
        '201': {
          description: 'The session, without turns',
          headers: { Location: { schema: { type: 'string' } } },
          content: json(ref('Session')),
        },
        ...refusals(400, 404, 413, 422, 429, 503),
      },
    },
  },
  '/v1/sessions/{id}': {
    get: {
      summary: 'A session and its turns; hashes stand for images. Another caller’s is not found',
      operationId: 'getSession',
      parameters: [idParameter],
      responses: { '200': { description: 'The session', content: json(ref('Session')) }, ...refusals(404, 410, 503) },
    },
    delete: {
      summary: 'End a session, with all its turns',
      operationId: 'closeSession',
      parameters: [idParameter],
      responses: { '204': { description: 'It is gone' }, ...refusals(404, 503) },
    },
  },
  '/v1/sessions/{id}/turns': {
    post: {
      summary: 'Say something, and show images, in a session: one turn at a time, the next is 429 `session_busy`',
      operationId: 'addTurn',
      parameters: [
        idParameter,
        header('Idempotency-Key', 'The same turn under the same key is answered, and remembered, once.', {
          type: 'string',
          maxLength: 255,
        }),
      ],
      requestBody: { required: true, content: json(ref('NewTurn')) },
      responses: limited({
        '200': {
          description:
            'The answer; its record is committed and the session knows it. With `stream`: the events of its job, `delta` and at last `completed` or `failed`',
          content: { ...json(ref('TurnAnswer')), 'text/event-stream': { schema: { type: 'string' } } },
        },
        ...refusals(400, 404, 410, 413, 415, 422, 429, 502, 503, 504),
      }),
    },
  },
};

const count = { type: 'integer', minimum: 0 };
const holdings = {
  type: 'object',
  required: ['turns', 'wordBytes', 'imageBytes'],
  properties: { turns: count, wordBytes: count, imageBytes: count },
};

export const SESSION_SCHEMAS = {
  NewSession: schemaOf(sessionSchema),
  NewTurn: schemaOf(turnSchema),
  Session: {
    type: 'object',
    required: ['id', 'object', 'model', 'ttlSeconds', 'createdAt', 'expiresAt', 'isBusy', 'holds', 'limits', 'turns'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      object: { const: 'session' },
      model: { type: 'string' },
      system: { type: 'string' },
      purpose: { type: 'string' },
      ttlSeconds: { ...count, description: 'How long it lives after its last turn' },
      createdAt: { type: 'string', format: 'date-time' },
      expiresAt: { type: 'string', format: 'date-time' },
      isBusy: { type: 'boolean', description: 'Whether a turn is being answered' },
      holds: holdings,
      limits: { ...holdings, examples: [{ turns: SESSION_LIMITS.turns }] },
      turns: {
        type: 'array',
        items: {
          type: 'object',
          required: ['number', 'request', 'at'],
          properties: {
            number: { type: 'integer', minimum: 1 },
            request: { type: 'string', format: 'uuid', description: 'Id of the request that answered it' },
            at: { type: 'string', format: 'date-time' },
            text: { type: 'string' },
            images: { type: 'array', items: { type: 'string', description: 'SHA-256' } },
            answer: { type: 'string' },
            model: { type: 'string', description: '`name:version` of who answered' },
            shredded: { const: true, description: 'In place of its content: the key was destroyed' },
          },
        },
      },
    },
  },
  TurnAnswer: {
    type: 'object',
    required: ['id', 'status', 'task', 'session', 'answer', 'decision', 'warnings', 'provenance'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      status: { const: 'completed' },
      task: { const: 'chat' },
      session: {
        type: 'object',
        required: ['id', 'turn'],
        properties: { id: { type: 'string', format: 'uuid' }, turn: { type: 'integer', minimum: 1 } },
      },
      answer: ref('AnswerPart'),
      confidence: { type: 'object', additionalProperties: { type: 'number' } },
      decision: { enum: ['answered', 'abstained'] },
      warnings: { type: 'array', items: { type: 'string' } },
      evidence: { type: 'array', items: { type: 'object' } },
      provenance: { type: 'object', required: ['model', 'engine', 'inputs', 'record', 'timings'] },
    },
  },
};
