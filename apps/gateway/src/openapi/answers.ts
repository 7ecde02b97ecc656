import { SEGMENTATION, SLICES, VIEW } from './image-answers';
import { breakGlassHeader, idParameter, json, ref, refusals } from './words';
import { WRITTEN_ANSWER } from './written-answers';

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

/** Answers that were given. */
export const ANSWER_PATHS = {
  '/v1/results/{id}': {
    get: {
      summary: 'The very bytes of an answer; as a FHIR R4 transaction where that is asked for',
      operationId: 'getResult',
      parameters: [idParameter, breakGlassHeader],
      responses: {
        '200': {
          description: 'The answer',
          content: { ...json(ref('Answer')), 'application/fhir+json': { schema: { type: 'object' } } },
        },
        ...refusals(404, 406, 410, 503),
      },
    },
  },
};

export const ANSWER_SCHEMAS = {
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
      provenance: {
        type: 'object',
        required: ['model', 'engine', 'inputs', 'record', 'timings'],
        properties: { slices: SLICES, view: VIEW },
      },
    },
  },
  AnswerPart: {
    type: 'object',
    required: ['kind'],
    properties: {
      kind: { enum: ['classification', 'regions', 'measurements', 'text', 'report', 'segmentation', 'embedding'] },
      measurements: { type: 'array', items: measurement },
      labels: { type: 'array', items: { type: 'object' } },
      regions: { type: 'array', items: { type: 'object' } },
      ...SEGMENTATION,
      ...WRITTEN_ANSWER,
      parts: { type: 'array', items: { type: 'object' } },
    },
  },
};
