import { QUOTA_KINDS } from '@medserve/serving';
import { USAGE_DIMENSIONS } from '@medserve/storage';
import { json, ref, refusals } from './words';

const query = (name: string, description: string, schema: unknown) => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
});
const instant = { type: 'string', examples: ['2026-11-25', '2026-11-25T08:00:00Z'] };
const count = { type: 'integer', minimum: 0 };
const seconds = { type: 'number', minimum: 0 };

/** Quotas and usage of the tenant of who asks. */
export const USAGE_PATHS = {
  '/v1/quotas': {
    get: {
      summary: 'The quotas of the tenant of the key',
      operationId: 'listQuotas',
      responses: { '200': { description: 'The quotas', content: json(ref('Quotas')) }, ...refusals(503) },
    },
  },
  '/v1/usage': {
    get: {
      summary: 'What the tenant of the key used, hour by hour or in sums; what the last seconds used may be missing',
      operationId: 'readUsage',
      parameters: [
        query('from', 'Rounded down to a whole hour. Default: 30 days before `to`.', instant),
        query('to', 'Rounded up to a whole hour, whose usage is no longer told. Default: now.', instant),
        query('by', `What sums are told by, with commas: ${USAGE_DIMENSIONS.join(', ')}. Default: model.`, {
          type: 'string',
        }),
        query('format', '`csv`: for a spreadsheet, in which no cell is a formula.', { enum: ['json', 'csv'] }),
      ],
      responses: {
        '200': {
          description: 'The sums, at most 10,000 rows',
          content: { ...json(ref('Usage')), 'text/csv': { schema: { type: 'string' } } },
        },
        ...refusals(400, 503),
      },
    },
  },
};

export const USAGE_SCHEMAS = {
  Quotas: {
    type: 'object',
    required: ['object', 'data', 'defaults'],
    properties: {
      object: { const: 'list' },
      data: {
        type: 'array',
        items: {
          type: 'object',
          required: ['appliesTo', 'kind', 'limit', 'exemptsStat'],
          properties: {
            appliesTo: { enum: ['tenant', 'each-client', 'client'] },
            client: { type: 'string', description: 'Of `client`: its id' },
            kind: { enum: [...QUOTA_KINDS] },
            limit: count,
            windowSeconds: { ...count, description: 'Absent: it has no window' },
            exemptsStat: { type: 'boolean' },
          },
        },
      },
      defaults: {
        type: 'object',
        required: ['clientConcurrency'],
        properties: {
          clientConcurrency: { ...count, description: 'Of one client in one gateway, where no quota is set' },
        },
      },
    },
  },
  Usage: {
    type: 'object',
    required: ['object', 'from', 'to', 'by', 'data', 'isComplete'],
    properties: {
      object: { const: 'list' },
      from: { type: 'string', format: 'date-time', description: 'A whole hour: the sums begin with it' },
      to: { type: 'string', format: 'date-time', description: 'A whole hour: the sums end before it' },
      by: { type: 'array', items: { enum: [...USAGE_DIMENSIONS] } },
      data: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            ...Object.fromEntries(USAGE_DIMENSIONS.map((name) => [name, { type: 'string' }])),
            completed: count,
            failed: count,
            cancelled: count,
            refused: { ...count, description: 'Turned away by a quota or a full outbox: no record, no cost' },
            cpuSeconds: {
              ...seconds,
              description: 'Run time of models: of a batch the share of the rows of the request',
            },
            queueSeconds: seconds,
            inputBytes: count,
            costUnits: { ...count, description: '65,536 pixels, voxels or tensor elements that were begun' },
          },
        },
      },
      isComplete: { type: 'boolean', description: 'False: there are more rows than an answer holds' },
    },
  },
};
