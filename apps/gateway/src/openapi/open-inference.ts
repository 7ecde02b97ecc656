import { DATATYPES } from '@medserve/clinical';
import { json, limited, ref, refusalsAs } from './words';

/* The Open Inference Protocol, version 2, as the OpenAPI document describes it. */

const answer = (description: string, schema: unknown) => ({ '200': { description, content: json(schema) } });
const refusals = (...statuses: number[]) =>
  refusalsAs({ description: 'The error object of the protocol', content: json(ref('OipError')) }, statuses);

const text = { type: 'string' };
const name = { name: 'name', in: 'path', required: true, schema: text };
const version = { name: 'version', in: 'path', required: true, schema: { type: 'string', pattern: '^[0-9]+$' } };
const jsonLength = {
  name: 'Inference-Header-Content-Length',
  in: 'header',
  required: false,
  description: 'Length of the JSON in front of the binary tensors, before any compression; 0: there is no JSON',
  schema: { type: 'integer', minimum: 0 },
};

interface Operation {
  readonly summary: string;
  readonly operationId: string;
  readonly parameters?: readonly unknown[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, unknown>>;
}

/** The same operation on the newest version of a model and on a named one. */
const ofModel = (method: 'get' | 'post', rest: string, operation: Operation) => ({
  [`/v2/models/{name}${rest}`]: { [method]: { ...operation, parameters: [name, ...(operation.parameters ?? [])] } },
  [`/v2/models/{name}/versions/{version}${rest}`]: {
    [method]: {
      ...operation,
      operationId: `${operation.operationId}OfVersion`,
      parameters: [name, version, ...(operation.parameters ?? [])],
    },
  },
});

const changed = (verb: 'load' | 'unload') =>
  answer('It is done', { type: 'object', properties: { name: text, [verb]: { const: true } } });

const health = (operationId: string, summary: string, more: object = {}) => ({
  get: {
    summary,
    operationId,
    security: [],
    responses: { ...answer('Yes', { type: 'object', properties: { live: { const: true } } }), ...more },
  },
});

export const OIP_PATHS = {
  '/v2/health/live': health('oipLive', 'Whether the process lives'),
  '/v2/health/ready': health('oipReady', 'Whether requests can be served', {
    '503': { description: 'Not now', content: json(ref('OipError')) },
  }),
  '/v2': {
    get: {
      summary: 'Name, version and extensions of the server',
      operationId: 'oipServer',
      responses: { ...answer('The server', { type: 'object' }), ...refusals() },
    },
  },
  '/v2/models': {
    get: {
      summary: 'The names of the models that can be asked',
      operationId: 'oipModels',
      responses: { ...answer('The names', { type: 'object' }), ...refusals(503) },
    },
  },
  '/v2/models/stats': {
    get: {
      summary: 'Statistics of every model and version, of this gateway since its start',
      operationId: 'oipAllStatistics',
      responses: { ...answer('The statistics', { type: 'object' }), ...refusals(503) },
    },
  },
  ...ofModel('get', '', {
    summary: 'Inputs and outputs of a model',
    operationId: 'oipModel',
    responses: { ...answer('The model', ref('OipModel')), ...refusals(400, 404, 503) },
  }),
  ...ofModel('get', '/ready', {
    summary: 'Whether a model can be asked, cold or warm',
    operationId: 'oipModelReady',
    responses: { ...answer('It can', { type: 'object' }), ...refusals(400, 404, 503) },
  }),
  ...ofModel('get', '/config', {
    summary: 'The configuration of a model: the JSON form of Triton\u2019s ModelConfig',
    operationId: 'oipConfig',
    responses: { ...answer('The configuration', { type: 'object' }), ...refusals(400, 404, 503) },
  }),
  ...ofModel('get', '/stats', {
    summary: 'Statistics of a model, of this gateway since its start',
    operationId: 'oipStatistics',
    responses: { ...answer('The statistics', { type: 'object' }), ...refusals(400, 404, 503) },
  }),
  ...ofModel('post', '/infer', {
    summary: 'Inference on tensors, in JSON, in binary, or both',
    operationId: 'oipInfer',
    parameters: [jsonLength],
    requestBody: {
      required: true,
      description: 'Bodies may be compressed with gzip or deflate.',
      content: {
        ...json(ref('OipInferenceRequest')),
        'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
      },
    },
    responses: limited({
      '200': {
        description: 'The outputs; their record is committed',
        content: {
          ...json(ref('OipInferenceResponse')),
          'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
        },
      },
      ...refusals(400, 404, 413, 415, 422, 429, 501, 502, 503, 504),
    }),
  }),
  '/v2/repository/index': {
    post: {
      summary: 'All models with their states',
      operationId: 'oipRepositoryIndex',
      requestBody: {
        required: false,
        content: json({ type: 'object', properties: { ready: { type: 'boolean', default: false } } }),
      },
      responses: {
        ...answer('The models', { type: 'array', items: ref('OipIndexEntry') }),
        ...refusals(400, 413, 503),
      },
    },
  },
  '/v2/repository/models/{name}/load': {
    post: {
      summary: 'Loads a model, or loads it anew',
      operationId: 'oipLoad',
      parameters: [name],
      requestBody: {
        required: false,
        content: json({
          type: 'object',
          properties: {
            parameters: {
              type: 'object',
              description: '`config`: a ModelConfig as JSON text; `file:<version>/<name>`: a file in base64',
              additionalProperties: text,
            },
          },
        }),
      },
      responses: { ...changed('load'), ...refusals(400, 404, 413, 503) },
    },
  },
  '/v2/repository/models/{name}/unload': {
    post: {
      summary: 'Takes a model out of service until it is loaded again',
      operationId: 'oipUnload',
      parameters: [name],
      responses: { ...changed('unload'), ...refusals(400, 404, 413, 503) },
    },
  },
};

const parameters = { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } };
const shape = { type: 'array', items: { type: 'integer' } };
const datatype = { enum: DATATYPES };
const tensor = { type: 'object', required: ['name', 'shape', 'datatype'] };
const data = { type: 'array', description: 'Flat in row-major order, or nested as the shape says' };

export const OIP_SCHEMAS = {
  OipError: { type: 'object', required: ['error'], properties: { error: text } },
  OipModel: {
    type: 'object',
    required: ['name', 'versions', 'platform', 'inputs', 'outputs'],
    properties: {
      name: text,
      versions: { type: 'array', items: text },
      platform: text,
      inputs: { type: 'array', items: { ...tensor, properties: { name: text, datatype, shape } } },
      outputs: { type: 'array', items: { ...tensor, properties: { name: text, datatype, shape } } },
    },
  },
  OipInferenceRequest: {
    type: 'object',
    required: ['inputs'],
    properties: {
      id: text,
      parameters: {
        ...parameters,
        description:
          '`priority`: 0 routine, 1 stat, 2 urgent, 3 routine, 4 and more research; `timeout`: microseconds until nobody ' +
          'waits any more; `sequence_id`: requests with the same one go to the same replica; `binary_data_output`',
      },
      inputs: {
        type: 'array',
        minItems: 1,
        items: { ...tensor, properties: { name: text, shape, datatype, parameters, data } },
      },
      outputs: {
        type: 'array',
        items: { type: 'object', required: ['name'], properties: { name: text, parameters } },
      },
    },
  },
  OipInferenceResponse: {
    type: 'object',
    required: ['model_name', 'model_version', 'id', 'outputs'],
    properties: {
      model_name: text,
      model_version: text,
      id: text,
      outputs: {
        type: 'array',
        items: { ...tensor, properties: { name: text, shape, datatype, parameters, data } },
      },
    },
  },
  OipIndexEntry: {
    type: 'object',
    required: ['name', 'version', 'state', 'reason'],
    properties: { name: text, version: text, state: { enum: ['READY', 'UNAVAILABLE'] }, reason: text },
  },
};
