import type { Sensitive } from '@medserve/clinical';
import type { FastifyRequest } from 'fastify';
import { PATIENT_KEY, readPatientKey } from '../privacy/patient-key';
import { wantsDecision } from '../http/explain';
import { requestSchema, type Preference, type RequestClass } from '../infer/inference-request';
import { idempotencyKeyOf } from '../intake/parse-http-request';
import { parseWith } from '../http/parse-with';
import { parsePrefer } from '../intake/prefer';
import { z } from 'zod';

/** What a caller says beside the body, for which OpenAI's API has no members. */
export interface HeaderWishes {
  readonly class: RequestClass;
  readonly deadlineMs: number;
  readonly idempotencyKey: string | undefined;
  readonly patientKey: Sensitive<string> | undefined;
  readonly prefer: Preference;
  readonly wantsDecision: boolean;
}

const CLASS = 'x-medserve-class';
const DEADLINE = 'x-medserve-deadline-ms';

const { class: urgency, deadlineMs } = requestSchema.shape;
const schema = z.object({ [CLASS]: urgency, [DEADLINE]: deadlineMs });

/** @throws ServingError `invalid_request` naming the header; `forbidden` */
export function readHeaders(request: FastifyRequest): HeaderWishes {
  const { headers } = request;
  const read = parseWith(schema, headers);
  return {
    class: read[CLASS],
    deadlineMs: read[DEADLINE],
    idempotencyKey: idempotencyKeyOf(request),
    patientKey: readPatientKey(headers[PATIENT_KEY]),
    prefer: parsePrefer(headers['prefer']),
    wantsDecision: wantsDecision(request),
  };
}
