import { CLASSES } from '@medserve/serving';
import { DELIVERY_STATES, STUDY_STATES } from '@medserve/studies';
import { json, ref, refusals } from './words';

const query = (name: string, description: string, schema: unknown) => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
});
const uid = { type: 'string', pattern: '^[0-9.]{1,64}$', description: 'Study Instance UID' };
const uidParameter = { name: 'uid', in: 'path', required: true, schema: uid };
const instant = { type: 'string', format: 'date-time' };
const orNull = (schema: object) => ({ anyOf: [schema, { type: 'null' }] });
const count = { type: 'integer', minimum: 0 };
const text = { type: 'string' };
const words = { type: 'array', items: text };

const order = (summary: string, operationId: string) => ({
  post: {
    summary,
    operationId,
    parameters: [uidParameter],
    responses: {
      '202': { description: 'Ordered; the state is the one that it goes on from', content: json(ref('StudyOrdered')) },
      ...refusals(404, 422, 503),
    },
  },
});

/** Studies on their way from a modality to a report. */
export const STUDY_PATHS = {
  '/v1/studies': {
    get: {
      summary:
        'Studies that were received, the newest first: how far each is, why it is not further, and the oldest of each state',
      operationId: 'listStudies',
      parameters: [
        query('state', `With commas: ${STUDY_STATES.join(', ')}.`, text),
        query('route', 'Those that this route takes.', text),
        query('modality', 'Those with a series of it, as DICOM writes it: CT.', text),
        query('since', 'Those whose first instance came then or later.', instant),
        query('request', 'The one of whose runs this request was.', { type: 'string', format: 'uuid' }),
        query('limit', 'Of one page.', { type: 'integer', minimum: 1, maximum: 1_000, default: 100 }),
        query('cursor', '`next` of the page before.', text),
      ],
      responses: {
        '200': { description: 'The studies', content: json(ref('Studies')) },
        ...refusals(400, 503),
      },
    },
  },
  '/v1/studies/{uid}': {
    get: {
      summary: 'A study in all its generations, with what every route said of it',
      operationId: 'readStudy',
      parameters: [uidParameter],
      responses: { '200': { description: 'The study', content: json(ref('StudyFound')) }, ...refusals(404, 503) },
    },
  },
  '/v1/studies/{uid}/go': order('All of the study was sent: it is not waited for any longer', 'goStudy'),
  '/v1/studies/{uid}/requeue': order(
    'Take up a study that failed or was skipped where it stopped: runs, results or dead deliveries',
    'requeueStudy',
  ),
  '/v1/studies/{uid}/cancel': order('Do nothing more with a study that has no results yet', 'cancelStudy'),
  '/v1/study-routes': {
    get: {
      summary: 'The rules by which studies are taken, and where the results of each go',
      operationId: 'listStudyRoutes',
      responses: {
        '200': {
          description: 'The routes, in the order of their files',
          content: json({
            type: 'object',
            required: ['data'],
            properties: {
              data: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['name', 'description', 'runs', 'destinations'],
                  properties: { name: text, description: text, runs: { type: 'array' }, destinations: words },
                },
              },
            },
          }),
        },
        ...refusals(503),
      },
    },
  },
};

const run = {
  type: 'object',
  required: ['route', 'name', 'task', 'model', 'state', 'attempts', 'request', 'reason', 'seriesUid', 'instances'],
  properties: {
    route: text,
    name: text,
    task: text,
    model: orNull(text),
    state: { enum: ['waiting', 'answered', 'failed', 'skipped'] },
    attempts: count,
    request: { ...orNull({ type: 'string', format: 'uuid' }), description: 'GET /v1/results/{id} has its answer' },
    reason: { ...orNull(text), description: 'Of one that failed or was skipped: a code of the problems' },
    seriesUid: text,
    instances: count,
  },
};

const delivery = {
  type: 'object',
  required: ['destination', 'state', 'attempts'],
  properties: {
    destination: text,
    state: { enum: [...DELIVERY_STATES] },
    attempts: count,
    lastError: orNull(text),
  },
};

const result = {
  type: 'object',
  required: ['kind', 'sopClassUid', 'sopInstanceUid', 'seriesUid'],
  properties: { kind: { enum: ['sr', 'seg', 'sc', 'gsps'] }, sopClassUid: text, sopInstanceUid: text, seriesUid: text },
};

const why = { type: 'object', required: ['code', 'says'], properties: { code: text, says: text } };

const verdict = {
  type: 'object',
  required: ['route', 'chosen', 'passedOver'],
  properties: {
    route: text,
    why: { ...why, description: 'Absent: the route takes the study' },
    chosen: { ...words, description: 'Series Instance UIDs' },
    passedOver: {
      type: 'array',
      items: { type: 'object', required: ['series', 'why'], properties: { series: text, why } },
    },
  },
};

export const STUDY_SCHEMAS = {
  Study: {
    type: 'object',
    required: [
      'studyUid',
      'generation',
      'state',
      'class',
      'reason',
      'says',
      'receivedAt',
      'runs',
      'results',
      'deliveries',
    ],
    properties: {
      studyUid: uid,
      generation: { ...count, description: 'From 1: what comes after one was complete begins the next' },
      state: { enum: [...STUDY_STATES] },
      class: { enum: [...CLASSES] },
      reason: { ...orNull(text), description: 'Of one that was skipped or failed: a word' },
      says: { ...orNull(text), description: 'The same as a sentence' },
      waitsFor: { ...orNull(text), description: 'Why an attempt is made again: a code of the problems' },
      receivedAt: { ...instant, description: 'Of its first instance' },
      lastInstanceAt: instant,
      completeAt: orNull(instant),
      inferredAt: orNull(instant),
      exportedAt: orNull(instant),
      because: { ...orNull(text), description: 'What made it complete: quiet, go, count, longest_wait' },
      instances: orNull(count),
      series: orNull(count),
      modalities: words,
      routes: words,
      runs: { type: 'array', items: run },
      results: { type: 'array', items: result },
      deliveries: { type: 'array', items: delivery },
    },
  },
  Studies: {
    type: 'object',
    required: ['summary', 'studies', 'next'],
    properties: {
      summary: {
        type: 'object',
        description: 'By state',
        additionalProperties: {
          type: 'object',
          required: ['studies', 'oldestSeconds'],
          properties: { studies: count, oldestSeconds: count },
        },
      },
      studies: { type: 'array', items: ref('Study') },
      next: orNull(text),
    },
  },
  StudyFound: {
    type: 'object',
    required: ['studyUid', 'generations'],
    properties: {
      studyUid: uid,
      generations: {
        type: 'array',
        description: 'The latest first',
        items: {
          allOf: [ref('Study'), { type: 'object', properties: { verdicts: { type: 'array', items: verdict } } }],
        },
      },
    },
  },
  StudyOrdered: {
    type: 'object',
    required: ['studyUid', 'generation', 'state'],
    properties: { studyUid: uid, generation: count, state: { enum: [...STUDY_STATES] } },
  },
};
