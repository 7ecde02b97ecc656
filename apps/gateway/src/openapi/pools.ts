import { CLASSES } from '@medserve/serving';
import { json, ref, refusals } from './words';

const count = { type: 'integer', minimum: 0 };
const slots = { type: 'number', minimum: 0, description: 'One for a usual request, up to 8 for a large one' };

/** The pools that replicas are scaled by. */
export const POOL_PATHS = {
  '/v1/pools': {
    get: {
      summary: 'What is asked of each pool, what there is to serve it, and what is to be there',
      operationId: 'listPools',
      responses: {
        '200': {
          description: 'The pools; none where replicas are not scaled',
          content: json({
            type: 'object',
            required: ['object', 'data', 'isDecided'],
            properties: {
              object: { const: 'list' },
              data: { type: 'array', items: ref('Pool') },
              isDecided: {
                type: 'boolean',
                description: 'Whether the demand of every router is in the figures, and replicas follow it',
              },
            },
          }),
        },
        ...refusals(),
      },
    },
  },
};

export const POOL_SCHEMAS = {
  Pool: {
    type: 'object',
    required: ['name', 'queuedSlots', 'runningSlots', 'readyReplicas', 'startingReplicas', 'oldestWaitMs'],
    properties: {
      name: { type: 'string' },
      queuedSlots: slots,
      runningSlots: slots,
      readyReplicas: count,
      startingReplicas: count,
      oldestWaitMs: { type: 'number', minimum: 0 },
      waiting: {
        type: 'object',
        description: 'Requests that wait, by class',
        required: [...CLASSES],
        properties: { stat: count, urgent: count, routine: count, research: count },
      },
      totals: {
        type: 'object',
        description: 'How requests ended since the routers started; falls when one of them starts anew',
        required: ['answered', 'invalid', 'refused', 'failed', 'cancelled', 'cold'],
        properties: {
          answered: count,
          invalid: { ...count, description: 'By a mistake of the caller' },
          refused: { ...count, description: 'No place, too late, or no replica came' },
          failed: count,
          cancelled: count,
          cold: { ...count, description: 'Found no replica ready, however they ended' },
        },
      },
      minReplicas: count,
      maxReplicas: count,
      decision: {
        type: 'object',
        description: 'Absent where nothing is decided: replicas stay as they are',
        required: ['replicas', 'wanted', 'floor', 'mode', 'because', 'warmth'],
        properties: {
          replicas: count,
          wanted: { ...count, description: 'What demand, calendar and limits ask for, before windows and pace' },
          floor: { ...count, description: 'Kept now however little is asked' },
          mode: { enum: ['stable', 'panic'] },
          because: { enum: ['demand', 'panic', 'floor', 'least', 'most', 'linger', 'window', 'pace', 'idle'] },
          warmth: { enum: ['hot', 'dozing', 'cool', 'cold'] },
        },
      },
    },
  },
};
