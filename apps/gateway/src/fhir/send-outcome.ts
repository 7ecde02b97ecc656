import { REASONS, type Category, type ServingError } from '@medserve/errors';
import type { OperationOutcome } from '@medserve/interop';
import type { FastifyReply } from 'fastify';
import { refusalHeaders } from '../http/refusal-headers';
import { statusOf } from '../http/problem';
import { FHIR_JSON } from './fhir-format';

/** All paths of the protocol, known or not. */
export const FHIR_PREFIX = /^\/fhir(?:[/?]|$)/;

/** What FHIR calls a failure (https://hl7.org/fhir/R4/valueset-issue-type.html). */
const ISSUES = {
  invalid: 'invalid',
  unauthenticated: 'login',
  forbidden: 'forbidden',
  not_found: 'not-found',
  gone: 'deleted',
  conflict: 'conflict',
  method_not_allowed: 'not-supported',
  not_acceptable: 'not-supported',
  unsupported: 'not-supported',
  unsupported_media: 'not-supported',
  unprocessable: 'processing',
  too_large: 'too-costly',
  exhausted: 'throttled',
  unavailable: 'transient',
  deadline: 'timeout',
  cancelled: 'processing',
  upstream: 'processing',
  internal: 'exception',
} as const satisfies Record<Category, string>;

/** A failure as FHIR tells it. Its words name nothing of a patient. */
const outcomeOf = ({ reason, message, remedy }: ServingError): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: ISSUES[REASONS[reason].category], diagnostics: `${message} ${remedy}` }],
});

/** What a parameter may be called that is told back: a name, and nothing that somebody wrote into an address. */
const NAME = /^[\w:.-]{1,64}$/;

/** Beside what a search found: parameters that did nothing. */
export function ignoredOutcome(names: readonly string[]): OperationOutcome {
  const told = names.map((name) => (NAME.test(name) ? name : 'another'));
  const diagnostics = `Not known here, and ignored: ${[...new Set(told)].sort().join(', ')}.`;
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'not-supported', diagnostics }] };
}

/** Answers with an OperationOutcome, with the headers that every refusal has. */
export function sendOutcome(reply: FastifyReply, error: ServingError): void {
  const status = statusOf(error.reason);
  refusalHeaders(reply, error, status);
  sendFhir(reply.code(status), outcomeOf(error));
}

/** A Buffer passes the framework's serialiser untouched. */
export function sendFhir(reply: FastifyReply, resource: object): void {
  void reply.header('content-type', `${FHIR_JSON}; charset=utf-8`).send(Buffer.from(JSON.stringify(resource)));
}
