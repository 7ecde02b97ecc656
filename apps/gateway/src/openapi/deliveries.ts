import { json, ref, refusals } from './words';

const text = { type: 'string' };
const instant = { type: 'string', format: 'date-time' };
const orNull = (schema: object) => ({ anyOf: [schema, { type: 'null' }] });
const count = { type: 'integer', minimum: 0 };
const states = ['waiting', 'sending', 'delivered', 'dead'];
const query = (name: string, description: string, schema: object) => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
});
const several = {
  type: 'object',
  required: ['deliveries'],
  properties: { deliveries: { type: 'array', items: ref('Delivery') } },
};

/** Results on their way to other systems. */
export const DELIVERY_PATHS = {
  '/v1/deliveries': {
    get: {
      summary: 'Results on their way to destinations, the newest first: what did not arrive, and why',
      operationId: 'listDeliveries',
      parameters: [
        query('state', `With commas: ${states.join(', ')}.`, text),
        query('destination', 'Those to this one.', text),
        query('study', 'Those of this Study Instance UID.', text),
        query('limit', 'At most so many.', { type: 'integer', minimum: 1, maximum: 1_000, default: 100 }),
      ],
      responses: {
        '200': { description: 'The deliveries', content: json(several) },
        ...refusals(400, 503),
      },
    },
  },
  '/v1/deliveries/requeue': {
    post: {
      summary: 'Send all dead deliveries of one destination again',
      operationId: 'requeueDeliveries',
      requestBody: {
        required: true,
        content: json({ type: 'object', required: ['destination'], properties: { destination: text } }),
      },
      responses: {
        '202': { description: 'Those that were dead', content: json(several) },
        ...refusals(400, 413, 503),
      },
    },
  },
  '/v1/deliveries/{id}/requeue': {
    post: {
      summary: 'Send a dead delivery again',
      operationId: 'requeueDelivery',
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
      responses: {
        '202': { description: 'It waits to be sent', content: json(ref('Delivery')) },
        ...refusals(404, 503),
      },
    },
  },
};

export const DELIVERY_SCHEMAS = {
  Delivery: {
    type: 'object',
    required: ['id', 'studyUid', 'generation', 'destination', 'state', 'attempts', 'createdAt', 'nextAt'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      studyUid: { type: 'string', pattern: '^[0-9.]{1,64}$' },
      generation: count,
      destination: { ...text, description: 'As the operator named it' },
      state: { enum: states },
      attempts: count,
      createdAt: instant,
      since: { ...instant, description: 'When it was first to be sent, or was requeued' },
      nextAt: { ...instant, description: 'Of one that waits: when it is tried again' },
      settledAt: orNull(instant),
      lastError: { ...orNull(text), description: 'Why the last attempt did not deliver: a word' },
      lastStatus: {
        ...orNull(text),
        description: 'What the receiver answered, as its protocol writes it: A700, 503, AE',
      },
    },
  },
};
