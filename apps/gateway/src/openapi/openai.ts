import { z } from 'zod';
import { chatSchema } from '../openai/chat-schema';
import { embeddingSchema } from '../openai/embedding-schema';
import { CLASSES } from '@medserve/serving';
import { json, limited, ref, refusalsAs } from './words';

/* OpenAI's API, as far as it is served, as the OpenAPI document describes it. */

/* One source for what is accepted and what is described: the schemas that check requests. */
const accepted = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });

const refusals = (...statuses: number[]) =>
  refusalsAs({ description: 'The error object of OpenAI’s API', content: json(ref('OpenAiError')) }, statuses);

const header = (name: string, description: string, schema: object) => ({
  name,
  in: 'header',
  required: false,
  description,
  schema,
});

const patientKey = header('x-medserve-patient-key', 'Stands for whom the request is about', {
  type: 'string',
  maxLength: 128,
});
const fileId = { name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: '^file-' } };
const file = { description: 'The file', content: json(ref('UploadedFile')) };

const headers = [
  header('Idempotency-Key', 'The same key with the same body gets the same answer', {
    type: 'string',
    maxLength: 255,
  }),
  header('x-medserve-class', 'Who goes first', { enum: [...CLASSES], default: 'routine' }),
  header('x-medserve-deadline-ms', 'When nobody waits any more, in milliseconds', { type: 'integer', minimum: 1 }),
  patientKey,
  header('x-request-id', 'An id of the caller’s, told back; ours is in x-medserve-request-id', {
    type: 'string',
    maxLength: 128,
  }),
];

const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const list = (items: object) => ({ type: 'array', items });

export const OPENAI_PATHS = {
  '/v1/chat/completions': {
    post: {
      summary: 'Goes on with a conversation about images: at once, or with `stream` as it is written',
      operationId: 'createChatCompletion',
      description:
        '`model`: `NAME`, `NAME:VERSION`, `NAME@ADAPTER`, or `chat` for the default. Images are data URLs (PNG, JPEG, DICOM, NIfTI) or ids of uploaded files; ' +
        'nothing is ever fetched. Members that are not known are accepted. The id of the answer is `chatcmpl-` and the id of its record.',
      parameters: headers,
      requestBody: { required: true, content: json(ref('ChatCompletionRequest')) },
      responses: limited({
        '200': {
          description:
            'The answer; its record is committed. Of a stream: `data:` lines, the last of which is `[DONE]` and leaves after the record',
          content: { ...json(ref('ChatCompletion')), 'text/event-stream': { schema: text } },
        },
        ...refusals(400, 404, 413, 422, 429, 502, 503, 504),
      }),
    },
  },
  '/v1/files': {
    post: {
      summary: 'Keeps an image for an hour, sealed, for requests of the tenant to speak of by its id',
      operationId: 'createFile',
      parameters: [patientKey],
      requestBody: {
        required: true,
        content: {
          'multipart/form-data': {
            schema: {
              type: 'object',
              required: ['file', 'purpose'],
              properties: { file: { type: 'string', format: 'binary' }, purpose: { enum: ['vision', 'user_data'] } },
            },
          },
        },
      },
      responses: { '200': file, ...refusals(400, 413, 429, 503) },
    },
  },
  '/v1/files/{id}': {
    get: {
      summary: 'What is known of an uploaded file; what it holds is not given out',
      operationId: 'getFile',
      parameters: [fileId],
      responses: { '200': file, ...refusals(404, 503) },
    },
    delete: {
      summary: 'Removes an uploaded file before its time is over',
      operationId: 'deleteFile',
      parameters: [fileId],
      responses: {
        '200': { description: 'It is removed', content: json({ type: 'object' }) },
        ...refusals(404, 503),
      },
    },
  },
  '/v1/embeddings': {
    post: {
      summary: 'Turns texts into vectors',
      operationId: 'createEmbedding',
      description:
        '`model`: `NAME`, `NAME:VERSION`, or `embed` for the default. A text that is longer than the model reads is cut, as its owner ' +
        'does it.',
      parameters: headers,
      requestBody: { required: true, content: json(ref('EmbeddingRequest')) },
      responses: limited({
        '200': { description: 'One vector a text, in order', content: json(ref('Embeddings')) },
        ...refusals(400, 404, 413, 422, 429, 502, 503, 504),
      }),
    },
  },
};

export const OPENAI_SCHEMAS = {
  ChatCompletionRequest: accepted(chatSchema),
  ChatCompletion: {
    type: 'object',
    required: ['id', 'object', 'created', 'model', 'choices', 'usage'],
    properties: {
      id: text,
      object: { const: 'chat.completion' },
      created: count,
      model: { type: 'string', description: 'As it was asked for' },
      choices: list({
        type: 'object',
        required: ['index', 'message', 'finish_reason'],
        properties: {
          index: count,
          message: {
            type: 'object',
            properties: {
              role: { const: 'assistant' },
              content: { type: ['string', 'null'] },
              reasoning_content: text,
              tool_calls: list({ type: 'object' }),
            },
          },
          logprobs: { type: ['object', 'null'] },
          finish_reason: { enum: ['stop', 'length', 'tool_calls'] },
        },
      }),
      usage: {
        type: 'object',
        properties: {
          prompt_tokens: count,
          completion_tokens: count,
          total_tokens: count,
          prompt_tokens_details: { type: 'object', properties: { cached_tokens: count, image_tokens: count } },
        },
      },
      system_fingerprint: { type: 'string', description: 'Name, version and digest of the model that wrote' },
    },
  },
  UploadedFile: {
    type: 'object',
    required: ['id', 'object', 'bytes', 'created_at', 'expires_at', 'filename', 'purpose'],
    properties: {
      id: text,
      object: { const: 'file' },
      bytes: count,
      created_at: count,
      expires_at: count,
      filename: { type: 'string', description: 'The id: names of files are not kept' },
      purpose: { const: 'vision' },
      status: { const: 'processed' },
    },
  },
  EmbeddingRequest: accepted(embeddingSchema),
  Embeddings: {
    type: 'object',
    required: ['object', 'data', 'model', 'usage'],
    properties: {
      object: { const: 'list' },
      data: list({
        type: 'object',
        properties: {
          object: { const: 'embedding' },
          index: count,
          embedding: {
            oneOf: [list({ type: 'number' }), { type: 'string', description: 'float32, little endian, in base64' }],
          },
        },
      }),
      model: text,
      usage: { type: 'object', properties: { prompt_tokens: count, total_tokens: count } },
    },
  },
  OpenAiError: {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['message', 'type', 'param', 'code'],
        properties: {
          message: text,
          type: text,
          param: { type: ['string', 'null'], description: 'The member at fault' },
          code: {
            type: 'string',
            description: 'One of OpenAI’s (context_length_exceeded, invalid_api_key, rate_limit_exceeded), or ours',
          },
        },
      },
    },
  },
};
