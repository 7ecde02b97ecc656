import { ACTIVITIES } from '@medserve/events';
import { z } from 'zod';
import { placeSchema, querySchema, searchSchema } from '../audit/audit-search';
import { BREAK_GLASS_REASONS } from '../break-glass/break-glass';
import { approvalSchema, requestSchema } from '../break-glass/break-glass.controller';
import { correctionsSchema } from '../review/corrections';
import { OVERRIDE_REASONS, reviewSchema } from '../review/reviews';
import { breakGlassHeader, idParameter, json, ref, refusals } from './words';

const fhir = (schema: unknown) => ({ 'application/fhir+json': { schema } });
const bodyOf = (schema: z.ZodType) => ({
  required: true,
  content: json(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })),
});

const inQuery = (fields: z.ZodType) =>
  Object.entries(z.toJSONSchema(fields, { io: 'input', unrepresentable: 'any' }).properties ?? {}).map(
    ([name, schema]) => ({ name, in: 'query', required: false, schema }),
  );

const searchSet = {
  type: 'object',
  description: 'A searchset Bundle of AuditEvents (R4); the link `next` leads to the next page',
};
const found = {
  '200': {
    description: 'The entries, newest first; as FHIR AuditEvents where they are asked for',
    content: { ...json(ref('AuditSearch')), ...fhir(searchSet) },
  },
};
const bytes = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };
const text = { 'text/plain': { schema: { type: 'string' } } };

/** Reading the ledger, reviews and break-glass, as OpenAPI 3.1. */
export const AUDIT_PATHS = {
  '/v1/audit': {
    get: {
      summary: 'Search the log of the tenant: every field that is given has to hold',
      operationId: 'listAudit',
      parameters: [...inQuery(querySchema), breakGlassHeader],
      responses: { ...found, ...refusals(400, 503) },
    },
  },
  '/v1/audit/search': {
    post: {
      summary: 'The same with what may not stand in an address: a patient, who is hashed before being looked for',
      operationId: 'searchAudit',
      parameters: [...inQuery(placeSchema), breakGlassHeader],
      requestBody: bodyOf(searchSchema),
      responses: { ...found, ...refusals(400, 413, 503) },
    },
  },
  '/v1/audit/{id}': {
    get: {
      summary: 'What the ledger says of a request; as FHIR AuditEvents where they are asked for',
      operationId: 'getAudit',
      parameters: [idParameter, breakGlassHeader],
      responses: {
        '200': {
          description: 'Its records',
          content: { ...json(ref('Audit')), ...fhir({ type: 'object', description: 'A Bundle of AuditEvents (R4)' }) },
        },
        ...refusals(404, 503),
      },
    },
  },
  '/v1/audit/log/checkpoint': {
    get: {
      summary: 'The newest signed checkpoint of the log (C2SP tlog-checkpoint)',
      operationId: 'getCheckpoint',
      responses: { '200': { description: 'A signed note', content: text }, ...refusals(404, 503) },
    },
  },
  '/v1/audit/log/key': {
    get: {
      summary: 'The key that signs the log, in note form',
      operationId: 'getLogKey',
      responses: { '200': { description: 'A verifier key', content: text }, ...refusals(404, 503) },
    },
  },
  '/v1/audit/log/tile/{place}': {
    get: {
      summary: 'A tile `<L>/<N>[.p/<W>]` or a bundle of entries `entries/<N>[.p/<W>]` (C2SP tlog-tiles)',
      operationId: 'getTile',
      parameters: [{ name: 'place', in: 'path', required: true, schema: { type: 'string' } }],
      responses: { '200': { description: 'Its bytes, which never change', content: bytes }, ...refusals(404, 503) },
    },
  },
  '/v1/results/{id}/review': {
    post: {
      summary: 'Attest a result, or override it for a reason and say what would be right',
      operationId: 'reviewResult',
      parameters: [idParameter],
      requestBody: bodyOf(reviewSchema),
      responses: {
        '201': {
          description: 'On record',
          content: json({ type: 'object', required: ['id'], properties: { id: { type: 'string', format: 'uuid' } } }),
        },
        ...refusals(400, 404, 413, 503),
      },
    },
    get: {
      summary: 'What people said of a result; the latest stands',
      operationId: 'listReviews',
      parameters: [idParameter, breakGlassHeader],
      responses: { '200': { description: 'The reviews', content: json(ref('Reviews')) }, ...refusals(404, 503) },
    },
  },
  '/v1/break-glass': {
    post: {
      summary: 'Ask for access in an emergency',
      operationId: 'requestBreakGlass',
      requestBody: bodyOf(requestSchema),
      responses: {
        '201': {
          description: 'Waits for somebody else to approve it',
          content: json({
            type: 'object',
            required: ['id', 'state'],
            properties: { id: { type: 'string', format: 'uuid' }, state: { const: 'pending' } },
          }),
        },
        ...refusals(400, 413, 429, 503),
      },
    },
    get: {
      summary: 'The grants of the tenant that wait or are open',
      operationId: 'listBreakGlass',
      parameters: [
        {
          name: 'before',
          in: 'query',
          schema: { type: 'string', format: 'uuid' },
          description: '`next` of the page before',
        },
      ],
      responses: {
        '200': {
          description: 'The grants, newest first, a hundred a page',
          content: json({
            type: 'object',
            required: ['grants', 'next'],
            properties: {
              grants: { type: 'array', items: ref('BreakGlassGrant') },
              next: { type: ['string', 'null'], description: 'Where the next page begins; null: there is none' },
            },
          }),
        },
        ...refusals(400, 503),
      },
    },
  },
  '/v1/break-glass/{id}': {
    get: {
      summary: 'How a grant stands, for who asked for it',
      operationId: 'getBreakGlass',
      parameters: [idParameter],
      responses: { '200': { description: 'The grant', content: json(ref('BreakGlassGrant')) }, ...refusals(404, 503) },
    },
    delete: {
      summary: 'End a grant before its time',
      operationId: 'endBreakGlass',
      parameters: [idParameter],
      responses: { '204': { description: 'Ended' }, ...refusals(404, 503) },
    },
  },
  '/v1/break-glass/{id}/withdraw': {
    post: {
      summary: 'End a grant that one asked for oneself',
      operationId: 'withdrawBreakGlass',
      parameters: [idParameter],
      responses: { '204': { description: 'Ended' }, ...refusals(404, 503) },
    },
  },
  '/v1/break-glass/{id}/approve': {
    post: {
      summary: 'Open a grant that somebody else asked for, for at most an hour',
      operationId: 'approveBreakGlass',
      parameters: [idParameter],
      requestBody: { ...bodyOf(approvalSchema), required: false },
      responses: {
        '200': { description: 'The grant', content: json(ref('BreakGlassGrant')) },
        ...refusals(400, 404, 413, 503),
      },
    },
  },
};

const uuid = { type: 'string', format: 'uuid' };
const time = { type: 'string', format: 'date-time' };
const review = {
  type: 'object',
  required: ['id', 'verdict', 'reason', 'actor', 'role', 'at', 'corrections', 'salt', 'isShredded'],
  properties: {
    id: uuid,
    verdict: { enum: ['attested', 'overridden'] },
    reason: { enum: [...OVERRIDE_REASONS, null] },
    actor: { type: 'string' },
    role: { type: ['string', 'null'] },
    at: time,
    corrections: {
      ...z.toJSONSchema(correctionsSchema, { io: 'input', unrepresentable: 'any' }),
      minItems: 0,
      description: 'What would have been right; labels are those of the answer',
    },
    salt: {
      type: ['string', 'null'],
      description:
        'The fact `corrections` in the ledger is the SHA-256, in hex, of {"corrections", "salt"} as canonical JSON (RFC 8785)',
    },
    isShredded: { type: 'boolean', description: 'Whether corrections were destroyed together with the answer' },
  },
};

export const AUDIT_SCHEMAS = {
  Audit: {
    type: 'object',
    required: ['id', 'records'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      records: {
        type: 'array',
        items: {
          type: 'object',
          required: ['event', 'at', 'hash', 'sequence', 'log'],
          properties: {
            event: { enum: ['accepted', 'completed', 'failed', 'cancelled', 'abandoned'] },
            at: { type: 'string', format: 'date-time' },
            hash: { type: 'string' },
            sequence: { type: 'integer' },
            log: {
              type: ['string', 'null'],
              description: 'Name of the log in which that place is; null: one from before the tenant had its own',
            },
          },
        },
      },
    },
  },
  AuditSearch: {
    type: 'object',
    required: ['log', 'entries', 'next'],
    properties: {
      log: { type: ['string', 'null'], description: 'Name of the log; null while nothing is in it' },
      entries: {
        type: 'array',
        items: {
          type: 'object',
          required: ['sequence', 'hash', 'event'],
          properties: {
            sequence: { type: 'integer', description: 'Index in the log' },
            hash: { type: 'string', description: 'Leaf hash (RFC 6962) over the event as canonical JSON, in hex' },
            event: {
              type: 'object',
              required: ['id', 'schema', 'at', 'event', 'tenant', 'actor'],
              properties: {
                id: uuid,
                at: time,
                event: { enum: ['accepted', 'completed', 'failed', 'cancelled', 'abandoned', ...ACTIVITIES] },
              },
            },
          },
        },
      },
      next: { type: ['string', 'null'], description: '`cursor` of the next page; null: there is none' },
    },
  },
  Reviews: {
    type: 'object',
    required: ['standing', 'reviews'],
    properties: { standing: { oneOf: [review, { type: 'null' }] }, reviews: { type: 'array', items: review } },
  },
  BreakGlassGrant: {
    type: 'object',
    required: ['id', 'state', 'requester', 'reason', 'isAboutOnePatient', 'requestedAt', 'approver', 'expiresAt'],
    properties: {
      id: uuid,
      state: { enum: ['pending', 'open', 'expired', 'ended'] },
      requester: { type: 'string' },
      reason: { enum: [...BREAK_GLASS_REASONS] },
      isAboutOnePatient: { type: 'boolean' },
      requestedAt: time,
      approver: { type: ['string', 'null'] },
      expiresAt: { type: ['string', 'null'], format: 'date-time' },
    },
  },
};
