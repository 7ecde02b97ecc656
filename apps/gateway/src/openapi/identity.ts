import { ROLES, SCOPES } from '@medserve/security';
import { z } from 'zod';
import { newKeySchema } from '../identity/new-key';
import { json, ref, refusals } from './words';

const oauthError = { description: 'An error object (RFC 6749, section 5.2)', content: json(ref('OAuthError')) };

const metadata = (summary: string, operationId: string) => ({
  get: {
    summary,
    operationId,
    security: [],
    responses: { '200': { description: summary, content: json({ type: 'object' }) } },
  },
});

/** The keys of a tenant, and how systems get access tokens. */
export const IDENTITY_PATHS = {
  '/v1/keys': {
    get: {
      summary: "The tenant's API keys, without their secrets",
      operationId: 'listKeys',
      parameters: [
        { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 1_000, default: 100 } },
        {
          name: 'cursor',
          in: 'query',
          schema: { type: 'string', format: 'uuid' },
          description: 'the `next` of a page',
        },
      ],
      responses: {
        '200': {
          description: 'A page of keys, oldest first',
          content: json({
            type: 'object',
            required: ['keys', 'next'],
            properties: {
              keys: { type: 'array', items: ref('ApiKey') },
              next: { type: ['string', 'null'], description: '`cursor` of the next page; null: there is none' },
            },
          }),
        },
        ...refusals(400, 503),
      },
    },
    post: {
      summary: 'Makes a key; nobody gives a scope that they lack',
      operationId: 'createKey',
      requestBody: { required: true, content: json(z.toJSONSchema(newKeySchema, { io: 'input' })) },
      responses: {
        '201': {
          description: 'The key, which stands here and nowhere else',
          content: json({
            allOf: [ref('ApiKey'), { type: 'object', required: ['key'], properties: { key: { type: 'string' } } }],
          }),
        },
        ...refusals(400, 413, 429, 503),
      },
    },
  },
  '/v1/keys/{id}': {
    delete: {
      summary: 'Stops a key from working, within five seconds',
      operationId: 'revokeKey',
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
      responses: { '204': { description: 'It was revoked' }, ...refusals(404, 503) },
    },
  },
  '/oauth/token': {
    post: {
      summary: 'An access token for a client that signs an assertion (SMART Backend Services)',
      operationId: 'createToken',
      security: [],
      requestBody: {
        required: true,
        content: {
          'application/x-www-form-urlencoded': {
            schema: {
              type: 'object',
              required: ['grant_type', 'client_assertion_type', 'client_assertion'],
              properties: {
                grant_type: { const: 'client_credentials' },
                client_assertion_type: { const: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' },
                client_assertion: { type: 'string', maxLength: 16_384 },
                client_id: { type: 'string', format: 'uuid' },
                scope: { type: 'string' },
              },
            },
          },
        },
      },
      responses: {
        '200': {
          description: 'The token',
          content: json({
            type: 'object',
            required: ['access_token', 'token_type', 'expires_in', 'scope'],
            properties: {
              access_token: { type: 'string' },
              token_type: { const: 'Bearer' },
              expires_in: { type: 'integer' },
              scope: { type: 'string' },
            },
          }),
        },
        '400': oauthError,
        '401': oauthError,
        '413': oauthError,
        '503': oauthError,
      },
    },
  },
  '/.well-known/smart-configuration': metadata('Where and how clients get tokens (SMART)', 'smartConfiguration'),
  '/.well-known/oauth-authorization-server': metadata('Where and how clients get tokens (RFC 8414)', 'oauthServer'),
  '/.well-known/jwks.json': metadata('Public keys of the tokens that are given here', 'tokenKeys'),
};

export const IDENTITY_SCHEMAS = {
  ApiKey: {
    type: 'object',
    required: [
      'id',
      'prefix',
      'label',
      'scopes',
      'site',
      'department',
      'role',
      'createdAt',
      'expiresAt',
      'revokedAt',
      'state',
    ],
    properties: {
      id: { type: 'string', format: 'uuid' },
      prefix: { type: 'string', description: 'What the key begins with, after `msk_`' },
      label: { type: 'string' },
      scopes: { type: 'array', items: { enum: [...SCOPES] } },
      site: { type: ['string', 'null'] },
      department: { type: ['string', 'null'] },
      role: { enum: [...Object.keys(ROLES), null] },
      createdAt: { type: 'string', format: 'date-time' },
      expiresAt: { type: ['string', 'null'], format: 'date-time' },
      revokedAt: { type: ['string', 'null'], format: 'date-time' },
      state: { enum: ['valid', 'expired', 'revoked'] },
    },
  },
  OAuthError: {
    type: 'object',
    required: ['error', 'error_description'],
    properties: {
      error: {
        enum: [
          'invalid_request',
          'invalid_client',
          'invalid_scope',
          'unsupported_grant_type',
          'temporarily_unavailable',
          'server_error',
        ],
      },
      error_description: { type: 'string' },
    },
  },
};
