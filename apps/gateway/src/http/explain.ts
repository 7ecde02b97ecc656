import { requireScope } from '@medserve/security';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { principalOf } from './principal';

/** An operator's question: how did the router choose? */
const QUESTION = 'x-medserve-explain';
const ANSWER = 'x-medserve-decision';

/**
 * Whether the caller wants to know how the router chose. The answer names pods, so it is for who may manage models.
 *
 * @throws ServingError `forbidden`
 */
export function wantsDecision(request: FastifyRequest): boolean {
  if (request.headers[QUESTION] === undefined) return false;
  requireScope(principalOf(request), 'model:manage');
  return true;
}

/** Says beside an answer how the router chose, where it was asked. */
export function tellDecision(reply: Pick<FastifyReply, 'header'>, decision: string | undefined): void {
  if (decision !== undefined) void reply.header(ANSWER, inAscii(decision));
}

/** JSON whose other characters are escaped, as JSON may: a header takes nothing else. */
const inAscii = (json: string): string =>
  json.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
