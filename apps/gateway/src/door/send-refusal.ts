import type { ServingError } from '@medserve/errors';
import type { FastifyReply } from 'fastify';
import { fhirWish } from '../fhir/fhir-format';
import { FHIR_PREFIX, sendOutcome } from '../fhir/send-outcome';
import { OAUTH_PREFIX, sendOAuthError } from '../identity/send-oauth-error';
import { OIP_PREFIX, sendErrorObject } from '../oip/http/send-error-object';
import { OPENAI_PREFIX, sendOpenAiError, sendSharedError, SHARED_PREFIX } from '../openai/send-openai-error';
import { refusalAt } from '../openai/unserved-paths';
import { sendProblem } from '../http/send-problem';

/**
 * Answers with a failure in the shape of the protocol that the path belongs to, also where there is no route or no valid path:
 * clients of the Open Inference Protocol and of OpenAI's API read nothing but their error objects.
 */
export function sendRefusal(reply: FastifyReply, error: ServingError): void {
  // The matched route and not only the URL, whose path can be spelt in many ways.
  const path = reply.request.routeOptions.url ?? reply.request.url;
  if (OIP_PREFIX.test(path)) sendErrorObject(reply, error);
  else if (OPENAI_PREFIX.test(path)) sendOpenAiError(reply, refusalAt(path, error));
  else if (SHARED_PREFIX.test(path)) sendSharedError(reply, error);
  else if (OAUTH_PREFIX.test(path)) sendOAuthError(reply, error);
  else if (FHIR_PREFIX.test(path)) sendOutcome(reply, error);
  else if (isAskedAsFhir(path, reply.request.headers.accept)) sendOutcome(reply, error);
  else sendProblem(reply, error);
}

/** Routes of ours that tell what they tell as FHIR, too, where that is asked for. */
const ALSO_FHIR = new Set(['/v1/results/:id', '/v1/audit', '/v1/audit/search', '/v1/audit/:id']);

const isAskedAsFhir = (route: string, accept: string | undefined): boolean =>
  ALSO_FHIR.has(route) && fhirWish(accept) !== 'own';
