import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import { ServingError } from '@medserve/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireAccess } from '../../http/access';
import { callerSignal } from '../../http/caller-signal';
import { principalOf } from '../../http/principal';
import { PATIENT_KEY, readPatientKey } from '../../privacy/patient-key';
import { tellDecision, wantsDecision } from '../../http/explain';
import { idempotencyKeyOf } from '../../intake/parse-http-request';
import { Inference } from '../inference';
import type { OipAnswer } from '../ports';
import { chooseCoding, compress } from './compress-answer';
import { answerBody } from './inference-answer';
import { parseInference, type InferenceMessage } from './inference-message';
import { parseRawInference, type RawModel } from './raw-message';
import { sendErrorObject } from './send-error-object';
import { modelOf, modelPaths, type ModelPath } from './route-words';

const JSON_LENGTH = 'inference-header-content-length';

/** `POST /v2/models/M[/versions/V]/infer`. */
@Controller()
export class OipInferController {
  constructor(private readonly inference: Inference) {}

  @Post(modelPaths('/infer'))
  @RequireAccess('infer', { asksModel: true })
  async infer(@Param() path: ModelPath, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const signal = callerSignal(reply);
    const principal = principalOf(request);
    const isExplained = wantsDecision(request);
    const { name, version } = modelOf(path);
    const message = parse(request, this.inference.served(name, version));
    const idempotencyKey = idempotencyKeyOf(request);
    const patientKey = readPatientKey(request.headers[PATIENT_KEY]);
    const onAccepted = (requestId: string): void => void reply.header('x-request-id', requestId);
    try {
      const inference = {
        model: name,
        version,
        ...message.request,
        idempotencyKey,
        patientKey,
        wantsDecision: isExplained,
        ticket: request.ticket,
      };
      const answer = await this.inference.infer(principal, inference, signal, onAccepted);
      await sendAnswer(reply, answer, message.isBinary);
    } catch (thrown) {
      const isAccepted = reply.hasHeader('x-request-id');
      if (!isAccepted || !(thrown instanceof ServingError)) throw thrown;
      // The road has counted and recorded how it ended: it is no refusal.
      sendErrorObject(reply, thrown);
    }
  }
}

function parse(request: FastifyRequest, model: RawModel): InferenceMessage {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const header = request.headers[JSON_LENGTH];
  if (header === undefined) return parseInference(body, body.length);
  const length = typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : NaN;
  if (!(length <= body.length)) {
    throw new ServingError('invalid_request', 'The header is not the length of the JSON in front of the body.', {
      field: 'Inference-Header-Content-Length',
    });
  }
  return length > 0 ? parseInference(body, length) : parseRawInference(body, model);
}

async function sendAnswer(
  reply: FastifyReply,
  answer: OipAnswer,
  isBinary: InferenceMessage['isBinary'],
): Promise<void> {
  const { bytes, jsonLength } = answerBody(answer, isBinary);
  const hasBinary = jsonLength !== undefined;
  const coding = chooseCoding(reply.request.headers['accept-encoding'], { bytes, isBinary: hasBinary });
  const body = coding === undefined ? bytes : await compress(bytes, coding);
  void reply.code(200).header('server-timing', answer.serverTiming).header('vary', 'accept-encoding');
  void reply.header('content-type', hasBinary ? 'application/octet-stream' : 'application/json');
  if (hasBinary) void reply.header(JSON_LENGTH, String(jsonLength));
  if (coding !== undefined) void reply.header('content-encoding', coding);
  tellDecision(reply, answer.decision);
  void reply.send(body);
}
