import { MODALITIES, TASKS } from '@medserve/clinical';
import { REASONS } from '@medserve/errors';
import { z } from 'zod';
import { requestSchema } from '../intake/inference-request';
import { AUDIT_PATHS, AUDIT_SCHEMAS } from './audit';
import { IDENTITY_PATHS, IDENTITY_SCHEMAS } from './identity';
import { OIP_PATHS, OIP_SCHEMAS } from './open-inference';
import { OPENAI_PATHS, OPENAI_SCHEMAS } from './openai';
import { POOL_PATHS, POOL_SCHEMAS } from './pools';
import { SESSION_PATHS, SESSION_SCHEMAS } from './sessions';
import { USAGE_PATHS, USAGE_SCHEMAS } from './usage';
import { breakGlassHeader, idParameter, json, limited, problem, ref, refusals } from './words';
import { WRITTEN_ANSWER } from './written-answers';

/* One source for what is accepted and what is described: the schema that checks requests. */
const wishes = z.toJSONSchema(requestSchema, { io: 'input', unrepresentable: 'any' });
const wishNames = [
  'task',
  'modality',
  'model',
  'fallback',
  'question',
  'class',
  'deadlineMs',
  'allowMismatch',
] as const;
const queryParameters = wishNames.map((name) => ({
  name,
  in: 'query',
  required: false,
  schema: wishes.properties?.[name] ?? {},
}));

const imageBodies = Object.fromEntries(
  ['application/dicom', 'image/png', 'image/jpeg', 'application/gzip', 'application/octet-stream'].map((type) => [
    type,
    { schema: { type: 'string', format: 'binary' } },
  ]),
);
const inferenceBody = {
  required: true,
  content: {
    ...imageBodies,
    'multipart/form-data': {
      schema: {
        type: 'object',
        required: ['file'],
        properties: {
          file: { type: 'array', items: { type: 'string', format: 'binary' } },
          request: ref('InferenceRequest'),
        },
      },
    },
    'application/json': {
      schema: {
        allOf: [
          ref('InferenceRequest'),
          {
            type: 'object',
            required: ['inputs'],
            properties: {
              inputs: {
                type: 'array',
                minItems: 1,
                items: {
                  type: 'object',
                  required: ['data'],
                  properties: { data: { type: 'string', contentEncoding: 'base64' }, mediaType: { type: 'string' } },
                },
              },
            },
          },
        ],
      },
    },
  },
};
const idempotencyHeader = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', maxLength: 255 },
};

const preferHeader = {
  name: 'Prefer',
  in: 'header',
  required: false,
  description:
    'RFC 7240. `respond-async`: a job in place of the answer. `wait=SECONDS`: the longest to wait for a model that is not loaded; ' +
    'with `respond-async`, for the answer.',
  schema: { type: 'string', examples: ['respond-async', 'wait=2', 'respond-async, wait=2'] },
};
const jobAccepted = {
  description: 'Accepted as a job',
  headers: { Location: { schema: { type: 'string' } }, 'Preference-Applied': { schema: { type: 'string' } } },
  content: json(ref('JobAccepted')),
};

const measurement = {
  type: 'object',
  required: ['code', 'display', 'value', 'unit'],
  properties: {
    code: { type: 'string' },
    system: { type: 'string' },
    display: { type: 'string' },
    value: { type: 'number' },
    unit: { type: 'string', description: 'UCUM' },
  },
};

/** The native REST API and the Open Inference Protocol as OpenAPI 3.1. */
export const openApiDocument = {
  openapi: '3.1.0',
  info: {
    title: 'MedServe',
    version: '1',
    description:
      'Medical images in, typed and audited answers out. Not for clinical use with the reference models. ' +
      `Modalities: ${[...MODALITIES.keys()].join(', ')}. Tasks: ${[...TASKS.values()].flatMap(({ id, isPublic }) => (isPublic ? [id] : [])).join(', ')}.`,
  },
  security: [{ key: [] }],
  paths: {
    '/v1/infer': {
      post: {
        summary: 'Ask about an image, or a series of files that form one volume',
        operationId: 'infer',
        parameters: [...queryParameters, idempotencyHeader, preferHeader],
        requestBody: inferenceBody,
        responses: limited({
          '200': { description: 'The answer; its record is committed', content: json(ref('Answer')) },
          '202': jobAccepted,
          ...refusals(400, 404, 413, 415, 422, 429, 502, 503, 504),
        }),
      },
    },
    '/v1/jobs': {
      post: {
        summary: 'The same as a job',
        operationId: 'createJob',
        parameters: [...queryParameters, idempotencyHeader],
        requestBody: inferenceBody,
        responses: limited({ '202': jobAccepted, ...refusals(400, 404, 413, 415, 422, 429, 503) }),
      },
    },
    '/v1/jobs/{id}': {
      get: {
        summary: 'How far a job is',
        operationId: 'getJob',
        parameters: [idParameter, breakGlassHeader],
        responses: { '200': { description: 'The job', content: json(ref('Job')) }, ...refusals(404) },
      },
    },
    '/v1/jobs/{id}/events': {
      get: {
        summary:
          'Server-sent events: `progress`; of a model that writes, `delta` with the text written since the one before; then `completed` or `failed`',
        operationId: 'watchJob',
        parameters: [idParameter, breakGlassHeader],
        responses: {
          '200': { description: 'The events', content: { 'text/event-stream': { schema: { type: 'string' } } } },
          ...refusals(404),
        },
      },
    },
    '/v1/results/{id}': {
      get: {
        summary: 'The very bytes of an answer',
        operationId: 'getResult',
        parameters: [idParameter, breakGlassHeader],
        responses: { '200': { description: 'The answer', content: json(ref('Answer')) }, ...refusals(404) },
      },
    },
    '/v1/models': {
      get: {
        summary: 'The models on offer',
        operationId: 'listModels',
        responses: {
          '200': {
            description: 'The models',
            content: json({
              type: 'object',
              required: ['object', 'data', 'models'],
              properties: {
                object: { const: 'list' },
                data: { type: 'array', items: ref('Model') },
                models: { type: 'array', items: ref('Model') },
              },
            }),
          },
          ...refusals(503),
        },
      },
    },
    '/v1/models/{name}': {
      get: {
        summary:
          'One model: `name`, for its latest version, `name:version`, `name@adapter`, or an alias (`chat`, `embed`)',
        operationId: 'getModel',
        parameters: [{ name: 'name', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { '200': { description: 'The model', content: json(ref('Model')) }, ...refusals(404, 503) },
      },
    },
    '/v1/cache/purge': {
      post: {
        summary: 'Forgets kept answers of a model, of a patient, or both, of the tenant of the key and in this gateway',
        operationId: 'purgeCache',
        requestBody: {
          required: true,
          content: json({
            type: 'object',
            additionalProperties: false,
            minProperties: 1,
            properties: { model: { type: 'string' }, patientKey: { type: 'string', pattern: '^[!-~]{1,128}$' } },
          }),
        },
        responses: {
          '200': {
            description: 'How many were forgotten',
            content: json({ type: 'object', required: ['forgotten'], properties: { forgotten: { type: 'integer' } } }),
          },
          ...refusals(400, 413),
        },
      },
    },
    ...AUDIT_PATHS,
    ...POOL_PATHS,
    ...USAGE_PATHS,
    ...SESSION_PATHS,
    ...IDENTITY_PATHS,
    ...OIP_PATHS,
    ...OPENAI_PATHS,
    '/livez': {
      get: {
        summary: 'Whether the process lives',
        operationId: 'livez',
        security: [],
        responses: { '200': { description: 'It does' } },
      },
    },
    '/readyz': {
      get: {
        summary: 'Whether requests can be served',
        operationId: 'readyz',
        security: [],
        responses: { '200': { description: 'They can' }, '503': problem },
      },
    },
    '/metrics': {
      get: {
        summary: 'Metrics of all processes (Prometheus text format), on loopback',
        operationId: 'metrics',
        security: [],
        responses: { '200': { description: 'The metrics', content: { 'text/plain': { schema: { type: 'string' } } } } },
      },
    },
    '/openapi.json': {
      get: {
        summary: 'This description',
        operationId: 'openapi',
        security: [],
        responses: { '200': { description: 'OpenAPI 3.1', content: json({ type: 'object' }) } },
      },
    },
  },
  components: {
    securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    schemas: {
      InferenceRequest: wishes,
      Answer: {
        type: 'object',
        required: [
          'id',
          'status',
          'task',
          'modality',
          'answer',
          'confidence',
          'decision',
          'warnings',
          'evidence',
          'provenance',
        ],
        properties: {
          id: { type: 'string', format: 'uuid' },
          status: { const: 'completed' },
          task: { type: 'string' },
          modality: {
            type: 'object',
            required: ['declared', 'detected', 'source', 'served', 'detail'],
            properties: {
              declared: { type: ['string', 'null'] },
              detected: { type: ['string', 'null'] },
              source: { enum: ['header', 'pixels', 'declared'] },
              served: { type: 'string' },
              detail: { type: 'object' },
            },
          },
          answer: ref('AnswerPart'),
          confidence: { type: 'object', additionalProperties: { type: 'number' } },
          decision: { enum: ['answered', 'abstained'] },
          warnings: { type: 'array', items: { type: 'string' } },
          evidence: { type: 'array', items: { type: 'object' } },
          provenance: { type: 'object', required: ['model', 'engine', 'inputs', 'record', 'timings'] },
        },
      },
      AnswerPart: {
        type: 'object',
        required: ['kind'],
        properties: {
          kind: { enum: ['classification', 'regions', 'measurements', 'text', 'report', 'embedding'] },
          measurements: { type: 'array', items: measurement },
          labels: { type: 'array', items: { type: 'object' } },
          regions: { type: 'array', items: { type: 'object' } },
          ...WRITTEN_ANSWER,
          parts: { type: 'array', items: { type: 'object' } },
        },
      },
      JobAccepted: {
        type: 'object',
        required: ['id', 'status', 'events', 'result'],
        properties: {
          id: { type: 'string', format: 'uuid' },
          status: { const: 'running' },
          events: { type: 'string', description: 'Path of its server-sent events' },
          result: { type: 'string', description: 'Path of its answer' },
        },
      },
      Job: {
        type: 'object',
        required: ['id', 'status', 'percent'],
        properties: {
          id: { type: 'string', format: 'uuid' },
          status: { enum: ['running', 'completed', 'failed'] },
          phase: { type: 'string', description: 'While it runs' },
          percent: { type: 'integer', minimum: 0, maximum: 100 },
          expectedMs: {
            type: 'integer',
            description: 'How long the phase is expected to take still, in milliseconds, as learned; absent: not known',
          },
          result: ref('Answer'),
          problem: ref('Problem'),
        },
      },
      Model: { type: 'object', required: ['id', 'object', 'name', 'version', 'digest', 'state', 'serves'] },
      Audit: {
        type: 'object',
        required: ['id', 'records'],
        properties: {
          id: { type: 'string', format: 'uuid' },
          records: {
            type: 'array',
            items: {
              type: 'object',
              required: ['event', 'at', 'hash', 'sequence'],
              properties: {
                event: { enum: ['accepted', 'completed', 'failed', 'cancelled', 'abandoned'] },
                at: { type: 'string', format: 'date-time' },
                hash: { type: 'string' },
                sequence: { type: 'integer' },
              },
            },
          },
        },
      },
      ...AUDIT_SCHEMAS,
      ...POOL_SCHEMAS,
      ...USAGE_SCHEMAS,
      ...SESSION_SCHEMAS,
      ...IDENTITY_SCHEMAS,
      ...OIP_SCHEMAS,
      ...OPENAI_SCHEMAS,
      Problem: {
        type: 'object',
        required: ['type', 'title', 'status', 'code', 'detail', 'remedy', 'requestId'],
        properties: {
          type: { type: 'string' },
          title: { type: 'string' },
          status: { type: 'integer' },
          code: { enum: Object.keys(REASONS) },
          detail: { type: 'string' },
          field: { type: 'string' },
          limit: { type: 'string' },
          remedy: { type: 'string' },
          requestId: { type: 'string' },
        },
      },
    },
  },
};
