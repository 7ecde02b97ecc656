import { BREAK_GLASS } from '../break-glass/break-glass';

/* What the parts of the OpenAPI document say alike. */

export const ref = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });

export const json = (schema: unknown) => ({ 'application/json': { schema } });

export const problem = {
  description: 'A problem (RFC 9457)',
  content: { 'application/problem+json': { schema: ref('Problem') } },
};

interface Told {
  readonly description: string;
  readonly headers?: object;
  readonly content: object;
}

/** The refusals of an operation that asks for a credential: 401, 403, and those that are its own. */
export const refusals = (...statuses: number[]) => refusalsAs(problem, statuses);

/** The same in the words of another protocol. */
export const refusalsAs = (refusal: Told, statuses: readonly number[]) =>
  Object.fromEntries([401, 403, ...statuses].map((status) => [String(status), refusal]));

export const idParameter = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };

/** Header of every read under a grant. */
export const breakGlassHeader = {
  name: BREAK_GLASS,
  in: 'header',
  required: false,
  description: 'The id of an open break-glass grant of the caller: reads what its scopes do not allow, on record.',
  schema: { type: 'string', format: 'uuid' },
};

/** How the quotas stand that bind the caller, with every answer of an operation that asks a model. */
const rateLimitHeaders = {
  RateLimit: {
    description:
      'What is left of each quota that binds the caller (draft-ietf-httpapi-ratelimit-headers); absent: none does',
    schema: { type: 'string' },
  },
  'RateLimit-Policy': { description: 'The quotas that bind the caller', schema: { type: 'string' } },
};

/** The responses of an operation that asks a model. */
export const limited = (responses: Readonly<Record<string, Told>>) =>
  Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      status === '401' ? response : { ...response, headers: { ...response.headers, ...rateLimitHeaders } },
    ]),
  );
