import { z } from 'zod';
import { requestSchema } from '../infer/inference-request';
import { json, limited, ref, refusals } from './words';

/* One source for what is accepted and what is described: the schema that checks requests. */
export const WISHES = z.toJSONSchema(requestSchema, { io: 'input', unrepresentable: 'any' });
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
export const queryParameters = wishNames.map((name) => ({
  name,
  in: 'query',
  required: false,
  schema: WISHES.properties?.[name] ?? {},
}));

const imageBodies = Object.fromEntries(
  ['application/dicom', 'image/png', 'image/jpeg', 'image/tiff', 'application/gzip', 'application/octet-stream'].map(
    (type) => [type, { schema: { type: 'string', format: 'binary' } }],
  ),
);
export const inferenceBody = {
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
                  oneOf: [
                    {
                      type: 'object',
                      required: ['data'],
                      properties: {
                        data: { type: 'string', contentEncoding: 'base64' },
                        mediaType: { type: 'string' },
                      },
                    },
                    {
                      type: 'object',
                      required: ['ref'],
                      properties: { ref: { type: 'string', description: 'Id of a file of POST /v1/files' } },
                    },
                  ],
                },
              },
            },
          },
        ],
      },
    },
  },
};
export const idempotencyHeader = {
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
export const jobAccepted = {
  description: 'Accepted as a job',
  headers: { Location: { schema: { type: 'string' } }, 'Preference-Applied': { schema: { type: 'string' } } },
  content: json(ref('JobAccepted')),
};

/** Asking about images. */
export const ASKING_PATHS = {
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
};
