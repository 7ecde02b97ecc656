import { REASONS, type ServingError } from '@medserve/errors';
import type { FastifyReply } from 'fastify';
import { refusalHeaders } from '../../http/refusal-headers';
import { statusOf } from '../../http/problem';

/** All paths of the protocol, known or not. */
export const OIP_PREFIX = /^\/v2(?:[/?]|$)/;

/** A full queue is the caller's to wait for, here: clients and gateways of this protocol retry 429 and take 503 for an outage. */
const statusHere = ({ reason }: ServingError): number => (reason === 'overloaded' ? 429 : statusOf(reason));

/** The words of a failure: what happened, the limit that was hit, and what to do where that is more than the reason says. */
function wordsOf({ message, limit, reason, remedy }: ServingError): string {
  const parts = [message];
  if (limit !== undefined) parts.push(`(${limit})`);
  if (reason === 'internal' || remedy !== REASONS[reason].remedy) parts.push(remedy);
  return parts.join(' ');
}

/** The error object of the protocol. */
export const errorText = (error: ServingError): { readonly error: string } => ({ error: wordsOf(error) });

/**
 * Answers with the error object of the protocol: one key, `error`. The kserve SDK reads it only as `application/json`. The stable
 * code travels beside it, in the header that has the name of the gRPC trailer.
 */
export function sendErrorObject(reply: FastifyReply, error: ServingError): void {
  const status = statusHere(error);
  refusalHeaders(reply, error, status);
  void reply
    .code(status)
    .header('content-type', 'application/json')
    .header('medserve-reason', error.reason)
    .send(Buffer.from(JSON.stringify(errorText(error))));
}
