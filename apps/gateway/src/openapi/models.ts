import { json, problem, ref, refusals } from './words';

const text = { type: 'string' };
const orNull = (type: string, more: object = {}) => ({ type: [type, 'null'], ...more });
const nameParameter = (description: string) => ({
  name: 'name',
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
});
const ofModel = nameParameter('The name of a model, without a version');

const ifMatch = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The ETag that the caller knows; where it is another by now, nothing is changed',
  schema: { type: 'string', pattern: '^("[0-9]{1,10}"|[*])$' },
};
const expected = { type: 'integer', minimum: 0, description: 'The revision that the caller knows, as with If-Match' };

const shown = {
  description: 'Which version the name stands for',
  headers: { ETag: { description: 'The revision', schema: { type: 'string' } } },
  content: json(ref('ModelDefault')),
};

/** What is asked of models beside inference: the list, all of one, and which version its bare name stands for. */
export const MODEL_PATHS = {
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
      summary: 'One model with its card, its measured scores and all its versions',
      operationId: 'getModel',
      parameters: [
        nameParameter(
          '`name`, for the version that it stands for, `name:version`, `name@adapter`, or an alias (`chat`, `embed`)',
        ),
      ],
      responses: { '200': { description: 'The model', content: json(ref('ModelDetails')) }, ...refusals(404, 503) },
    },
  },
  '/v1/models/{name}/default': {
    get: {
      summary: 'Which version the bare name of a model stands for',
      operationId: 'getModelDefault',
      parameters: [ofModel],
      responses: { '200': shown, ...refusals(404, 503) },
    },
    put: {
      summary: 'Chooses the version that the bare name stands for, by every protocol and at every gateway; on record',
      operationId: 'chooseModelDefault',
      parameters: [ofModel, ifMatch],
      requestBody: {
        required: true,
        content: json({
          type: 'object',
          required: ['version'],
          additionalProperties: false,
          properties: {
            version: orNull('string', { pattern: '^[0-9]{1,18}$', description: 'null: the newest that is served' }),
            expected,
          },
        }),
      },
      responses: { '200': shown, ...refusals(400, 404, 413, 429, 503), '409': problem },
    },
  },
  '/v1/models/{name}/default/back': {
    post: {
      summary: 'Goes back to what was chosen before; a second time, forward again; on record',
      operationId: 'goBackToModelDefault',
      parameters: [ofModel, ifMatch],
      requestBody: {
        required: false,
        content: json({ type: 'object', additionalProperties: false, properties: { expected } }),
      },
      responses: { '200': shown, ...refusals(400, 404, 413, 503), '409': problem },
    },
  },
};

const model = {
  id: text,
  object: { const: 'model' },
  created: { type: 'integer' },
  owned_by: text,
  root: { type: 'string', description: 'The model that the id stands for, by name and version' },
  parent: orNull('string', { description: 'Of an adapter: its base' }),
  max_model_len: orNull('integer', { description: 'Tokens of prompt and answer together' }),
  permission: { type: 'array', maxItems: 0 },
  max_images: { type: 'integer', minimum: 0, description: 'Of a model that writes' },
  name: text,
  version: text,
  digest: text,
  title: text,
  state: { enum: ['cold', 'loading', 'ready', 'broken', 'unloaded'] },
  reason: { type: 'string', description: 'Why it is not served' },
  isWarm: { type: 'boolean', description: 'Whether it can answer at once' },
  isDefault: { type: 'boolean', description: 'Whether the bare name stands for this version' },
  engine: text,
  serves: {
    type: 'array',
    items: {
      type: 'object',
      required: ['task', 'modality', 'default'],
      properties: { task: text, modality: text, default: { type: 'boolean' } },
    },
  },
  signed: { type: 'boolean' },
  signer: text,
  approver: text,
  source: { enum: ['repository', 'local copy'] },
  intendedUse: text,
  notFor: text,
  licence: text,
};

const VERSION_MEMBERS = ['version', 'title', 'digest', 'state', 'isWarm', 'isDefault', 'engine', 'serves', 'signed'];

export const MODEL_SCHEMAS = {
  Model: {
    type: 'object',
    required: ['id', 'object', 'name', 'version', 'digest', 'state', 'isWarm', 'isDefault', 'serves'],
    properties: model,
  },
  ModelDetails: {
    allOf: [
      ref('Model'),
      {
        type: 'object',
        required: ['tasks', 'modalities', 'card', 'cardState', 'measured', 'versions', 'default'],
        properties: {
          tasks: { type: 'array', items: text },
          modalities: { type: 'array', items: text },
          card: orNull('string', { description: 'Markdown; 262,144 bytes at most' }),
          cardState: { enum: ['whole', 'cut', 'none', 'unavailable'] },
          measured: { type: 'array', items: ref('MeasuredScore'), maxItems: 64 },
          versions: { type: 'array', items: ref('ModelVersion'), description: 'Newest first' },
          default: ref('ModelDefault'),
        },
      },
    ],
  },
  ModelVersion: {
    type: 'object',
    required: [...VERSION_MEMBERS, 'source', 'memoryBytes', 'expectedLoadMs'],
    properties: {
      ...Object.fromEntries(
        Object.entries(model).filter(([name]) =>
          [...VERSION_MEMBERS, 'reason', 'signer', 'approver', 'source'].includes(name),
        ),
      ),
      memoryBytes: orNull('integer', { description: 'That a replica holds, as measured; null: not known' }),
      expectedLoadMs: orNull('integer', { description: 'How long loading took of late; null: not known' }),
    },
  },
  MeasuredScore: {
    type: 'object',
    required: ['metric', 'value', 'data'],
    description: 'As the package says it',
    properties: {
      metric: text,
      value: { type: 'number' },
      low: { type: 'number', description: 'With `high`, the interval that the value is believed to lie in' },
      high: { type: 'number' },
      interval: { type: 'string', description: 'Which interval that is' },
      unit: { type: 'string', description: 'UCUM, `1` of a plain number; absent: a share, from 0 to 1' },
      cases: { type: 'integer', minimum: 1, description: 'How many were judged' },
      data: { type: 'string', description: 'What it was measured on' },
      task: text,
    },
  },
  ModelDefault: {
    type: 'object',
    required: ['model', 'version', 'answering', 'previous', 'canGoBack', 'revision'],
    properties: {
      model: text,
      version: orNull('string', { description: 'As it was chosen; null: the newest that is served' }),
      answering: orNull('string', { description: 'The version that answers now; null: none is served' }),
      previous: orNull('string', { description: 'As it was before; null: the newest that is served' }),
      canGoBack: { type: 'boolean' },
      revision: { type: 'integer', minimum: 0, description: 'Counts the changes; 0: nobody ever chose' },
      changedAt: { type: 'string', format: 'date-time' },
      warning: { type: 'string', description: 'Why another version answers than the one that was chosen' },
    },
  },
};
