import { SCOPES } from '@medserve/security';
import { z } from 'zod';
import { CSRF_HEADER } from '../identity/session-door';
import { signInSchema } from '../sign-in/sign-in.controller';
import { json, problem, ref, refusals } from './words';

const csrfHeader = {
  name: CSRF_HEADER,
  in: 'header',
  required: true,
  description: 'Whatever carries the cookie of a session and changes something needs it, too; so does what gives one',
  schema: { const: '1' },
};
const setCookie = { 'Set-Cookie': { schema: { type: 'string' } } };
const ledOn = {
  description: 'To the issuer, or to a page, which tells what went wrong',
  headers: { Location: { schema: { type: 'string', format: 'uri-reference' } }, ...setCookie },
};

/** How people sign in to the page. A session's cookie stands for a key or a person wherever a request has no `Authorization`. */
export const SIGN_IN_PATHS = {
  '/v1/me': {
    get: {
      summary: 'Who asks, and what they may',
      operationId: 'getMe',
      responses: { '200': { description: 'Who asks', content: json(ref('Me')) }, ...refusals(503) },
    },
  },
  '/v1/sign-in': {
    post: {
      summary: 'Signs a browser in with an API key, or with a code that is good for one sign-in',
      operationId: 'signIn',
      security: [],
      parameters: [csrfHeader],
      requestBody: { required: true, content: json(z.toJSONSchema(signInSchema, { io: 'input' })) },
      responses: {
        '200': {
          description: 'Who is signed in; the cookie is HttpOnly and SameSite=Strict',
          headers: setCookie,
          content: json(ref('Me')),
        },
        ...refusals(400, 403, 413, 429, 503),
      },
    },
    delete: {
      summary: 'Signs out',
      operationId: 'signOut',
      security: [],
      parameters: [csrfHeader],
      responses: {
        '204': { description: 'The session is over, and its cookie is gone', headers: setCookie },
        '403': problem,
        '503': problem,
      },
    },
  },
  '/v1/sign-in/providers': {
    get: {
      summary: 'The issuers at which people sign in',
      operationId: 'listSignInProviders',
      security: [],
      responses: {
        '200': {
          description: 'The issuers',
          content: json({
            type: 'object',
            required: ['providers'],
            properties: {
              providers: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['id', 'title'],
                  properties: { id: { type: 'string', format: 'uuid' }, title: { type: 'string' } },
                },
              },
            },
          }),
        },
        '503': problem,
      },
    },
  },
  '/v1/sign-in/oidc/{provider}': {
    get: {
      summary: 'Sends a browser to an issuer (OpenID Connect: authorization code with PKCE)',
      operationId: 'signInAtIssuer',
      security: [],
      parameters: [
        { name: 'provider', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
        {
          name: 'returnTo',
          in: 'query',
          required: false,
          description: 'The path of the page to go on with; any other text counts as `/`',
          schema: { type: 'string' },
        },
      ],
      responses: { '302': ledOn, '404': problem },
    },
  },
  '/v1/sign-in/oidc/callback': {
    get: {
      summary: 'Where an issuer sends a browser back to',
      operationId: 'signInFromIssuer',
      security: [],
      parameters: ['code', 'state', 'iss', 'error'].map((name) => ({
        name,
        in: 'query',
        required: false,
        schema: { type: 'string' },
      })),
      responses: { '302': ledOn },
    },
  },
};

export const SIGN_IN_SCHEMAS = {
  Me: {
    type: 'object',
    required: ['id', 'kind', 'tenant', 'scopes'],
    properties: {
      id: { type: 'string', description: 'What records call the one who asks' },
      kind: { enum: ['key', 'client', 'user'] },
      tenant: { type: 'string' },
      site: { type: 'string' },
      role: { type: 'string' },
      displayName: { type: 'string', description: 'The label of the key, or the name that the issuer gave' },
      scopes: { type: 'array', items: { enum: [...SCOPES] } },
      session: {
        type: 'object',
        description: 'Of a browser that is signed in',
        required: ['expiresAt', 'idleTimeoutMs'],
        properties: {
          expiresAt: { type: 'string', format: 'date-time', description: 'When it ends at the latest' },
          idleTimeoutMs: { type: 'integer', description: 'How long it may stand unused, in milliseconds' },
        },
      },
    },
  },
};
