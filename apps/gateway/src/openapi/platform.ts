import { REASONS } from '@medserve/errors';
import { json, problem, refusals } from './words';

/** The gateway itself, and what it says of itself. */
export const PLATFORM_PATHS = {
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
};

export const PLATFORM_SCHEMAS = {
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
};
