import { DOORS } from '@medserve/events';
import { CLASSES } from '@medserve/serving';
import { JOB_STATES } from '../jobs/job-list';
import { idempotencyHeader, inferenceBody, jobAccepted, queryParameters } from './asking';
import { breakGlassHeader, idParameter, json, limited, ref, refusals } from './words';

const text = { type: 'string' };
const instant = { type: 'string', format: 'date-time' };

const query = (name: string, description: string, schema: object) => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
});

const progress = {
  type: 'object',
  description: 'Of a job that runs at this gateway',
  required: ['phase', 'percent'],
  properties: {
    phase: text,
    percent: { type: 'integer', minimum: 0, maximum: 100 },
    expectedMs: { type: 'integer', description: 'How long the phase is expected to take still, in milliseconds' },
  },
};

/** What is asked of models, by whatever door. */
const LIST_JOBS = {
  summary:
    'Every accepted request of the tenant, whichever door it came by and whichever gateway runs it, the newest first',
  operationId: 'listJobs',
  parameters: [
    query('state', 'How it stands.', { enum: [...JOB_STATES] }),
    query('task', 'What was asked.', text),
    query('model', 'Name of the model that answered; until then, that is expected to.', text),
    query('class', 'How urgent it is.', { enum: [...CLASSES] }),
    query('site', 'Site of who asked.', text),
    query('from', 'Accepted then or later.', instant),
    query('to', 'Accepted before.', instant),
    query('limit', 'Of one page.', { type: 'integer', minimum: 1, maximum: 500, default: 50 }),
    query('cursor', '`next` of the page before.', text),
  ],
  responses: { '200': { description: 'The requests', content: json(ref('Jobs')) }, ...refusals(400, 503) },
};

const cancelled = (description: string) => ({ description, content: json(ref('ListedJob')) });

export const JOB_PATHS = {
  '/v1/jobs': {
    get: LIST_JOBS,
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
      responses: { '200': { description: 'The job', content: json(ref('Job')) }, ...refusals(404, 410, 503) },
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
        ...refusals(404, 410, 503),
      },
    },
  },
  '/v1/jobs/{id}/cancel': {
    post: {
      summary: 'End a job that runs, at whichever gateway. One that has ended stays as it is',
      operationId: 'cancelJob',
      parameters: [idParameter],
      responses: {
        '200': cancelled('How the job ended: `cancelled`, or as it had before'),
        '202': cancelled('The job runs still, and ends in a moment'),
        ...refusals(404, 409, 503),
      },
    },
  },
};

export const JOB_SCHEMAS = {
  JobAccepted: {
    type: 'object',
    required: ['id', 'status', 'events', 'result'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      status: {
        enum: [...JOB_STATES],
        description: 'Other than `running` where the Idempotency-Key was used before, and that request has ended',
      },
      events: { type: 'string', description: 'Path of its server-sent events' },
      result: { type: 'string', description: 'Path of its answer' },
    },
  },
  Job: {
    type: 'object',
    required: ['id', 'status', 'percent'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      status: { enum: ['running', 'completed', 'failed', 'cancelled'] },
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
  ListedJob: {
    type: 'object',
    required: ['id', 'state', 'acceptedAt'],
    properties: {
      id: { type: 'string', format: 'uuid', description: 'GET /v1/results/{id} has its answer' },
      state: { enum: [...JOB_STATES] },
      task: text,
      modality: text,
      model: { ...text, description: 'That answered; until then, that is expected to' },
      version: text,
      class: { enum: [...CLASSES] },
      door: { enum: [...DOORS], description: '`jobs`: it can be cancelled while it runs' },
      site: text,
      acceptedAt: instant,
      endedAt: instant,
      progress,
      problem: {
        type: 'object',
        description: 'Why there is no answer',
        required: ['code', 'title'],
        properties: { code: text, title: text },
      },
    },
  },
  Jobs: {
    type: 'object',
    required: ['running', 'jobs', 'next'],
    properties: {
      running: { type: 'integer', minimum: 0, description: 'How many of the tenant run now' },
      jobs: { type: 'array', items: ref('ListedJob') },
      next: { anyOf: [text, { type: 'null' }], description: 'Cursor of the next page' },
      lookedBackTo: {
        ...instant,
        description:
          'There where a page ends before it is full, as it looks through 20,000 requests at most for what is asked: of what was accepted before this, the pages from `next` on tell',
      },
    },
  },
};
